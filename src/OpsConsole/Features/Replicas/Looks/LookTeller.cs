using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Features.Replicas;

/// <summary>Passes the leader's looks to the other replicas, if there are any: by Redis at once, and by the shared store.</summary>
internal sealed partial class LookTeller(
    LookExchange looks, LookCells cells, ReplicaFeed replicas, ILogger<LookTeller> log, RedisConnection? redis = null) : BackgroundService
{
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var look in looks.Told.ReadAllAsync(stoppingToken))
        {
            if (replicas.IsAlone)
            {
                continue;
            }

            try
            {
                var bytes = LookCodec.Write(look);
                redis?.Tell(RedisConnection.Looks, bytes);
                if (bytes.Length <= ICellStore.MaxContent)
                {
                    await cells.WriteAsync(bytes, stoppingToken);
                }
                else
                {
                    LogTooLarge(bytes.Length);
                }

                _failing = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_failing)
                {
                    _failing = true;
                    LogFailing(exception is StoreUnavailableException ? null : exception, exception.Message);
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Looks at health cannot be passed to the other replicas: {Problem}")]
    private partial void LogFailing(Exception? exception, string problem);

    [LoggerMessage(LogLevel.Warning, "A look at health has {Bytes} bytes, too many for the shared store: the other replicas get it by Redis alone.")]
    private partial void LogTooLarge(int bytes);
}
