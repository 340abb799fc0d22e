using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Embedded.Records;

/// <summary>Looks once a second, and after each hint, whether another process has written to the file, and publishes what it wrote.</summary>
internal sealed partial class TimelineWatch(
    RecordDatabase database, TimelinePublisher publisher, ChangeHints hints, TimeProvider time, ILogger<TimelineWatch> logger) : BackgroundService
{
    private SqliteConnection? _connection;
    private long _version;
    private bool _failing;

    /// <summary>The timeline's end is known before anything else of the console starts.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Look();
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _connection?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new HintedTimer(TimeSpan.FromSeconds(1), time);
        hints.Listen(ChangeHints.Timeline, _ => timer.Tick());
        while (true)
        {
            await timer.WaitAsync(stoppingToken);
            Look();
        }
    }

    internal void Look()
    {
        try
        {
            if (_connection is not null && !File.Exists(database.File.Path))
            {
                throw new StoreUnavailableException($"{database.File.Path} has vanished.");
            }

            _connection ??= database.File.Open();
            var version = _connection.Number("PRAGMA data_version");
            if (version != _version)
            {
                publisher.Refresh(_connection);
                _version = version;
            }

            _failing = false;
        }
        catch (Exception exception)
        {
            _connection?.Dispose();
            (_connection, _version) = (null, 0);
            if (!_failing)
            {
                _failing = true;
                LogFailing(SqliteFailure.Explain(database.File, exception).Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The timeline cannot be read: {Problem}")]
    private partial void LogFailing(string problem);
}
