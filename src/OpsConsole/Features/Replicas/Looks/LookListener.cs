using System.Threading.Channels;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Features.Replicas;

/// <summary>
/// Hears the leader's looks: from Redis as they come, and once a second from the shared store whatever Redis lost. They are passed on in
/// order, each once.
/// </summary>
internal sealed partial class LookListener(
    LookExchange looks, LookCells cells, Leadership leadership, TimeProvider time, ILogger<LookListener> log, RedisConnection? redis = null)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RedisIsQuick = TimeSpan.FromSeconds(1.5);
    private const int MissesBeforeSearch = 2;

    private readonly Channel<ReadOnlyMemory<byte>> _wake = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(32) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private (long Term, long Sequence) _last;
    private long? _heardAt;
    private int _misses;
    private bool _failing;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        redis?.Listen(RedisConnection.Looks, bytes => _wake.Writer.TryWrite(bytes));
        return Task.WhenAll(TickAsync(stoppingToken), HearAsync(stoppingToken));
    }

    private async Task TickAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            _wake.Writer.TryWrite(default);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task HearAsync(CancellationToken stoppingToken)
    {
        await foreach (var bytes in _wake.Reader.ReadAllAsync(stoppingToken))
        {
            if (leadership.IsLeader)
            {
                continue;
            }

            try
            {
                await (bytes.IsEmpty ? SearchAsync(stoppingToken) : TakeAsync(bytes, stoppingToken));
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

    /// <summary>Takes what Redis brought, and before it what is missing in between.</summary>
    private async Task TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var place = LookCodec.Peek(bytes.Span);
        if (place.CompareTo(_last) <= 0)
        {
            return;
        }

        if (_last.Term != 0 && place != (_last.Term, _last.Sequence + 1))
        {
            try
            {
                foreach (var missed in await cells.AllAfterAsync(_last.Term, _last.Sequence, cancellationToken))
                {
                    if (LookCodec.Peek(missed.Span).CompareTo(place) < 0)
                    {
                        Hear(missed);
                    }
                }
            }
            catch (StoreUnavailableException exception)
            {
                LogNotRefilled(exception.Message);
            }
        }

        Hear(bytes);
    }

    /// <summary>Looks into the store, if Redis has not brought anything just now.</summary>
    private async Task SearchAsync(CancellationToken cancellationToken)
    {
        if (_heardAt is { } heardAt && redis is not null && time.GetElapsedTime(heardAt) < RedisIsQuick)
        {
            return;
        }

        // A new leader goes on with other numbers, so now and then every cell is looked at.
        var found = _last.Term == 0 || _misses >= MissesBeforeSearch
            ? await cells.AllAfterAsync(_last.Term, _last.Sequence, cancellationToken)
            : await cells.AfterAsync(_last.Term, _last.Sequence, cancellationToken);
        _misses = found.Count == 0 ? _misses + 1 : 0;
        foreach (var bytes in _last.Term == 0 ? found.TakeLast(1) : found)
        {
            Hear(bytes);
        }
    }

    private void Hear(ReadOnlyMemory<byte> bytes)
    {
        _last = LookCodec.Peek(bytes.Span);
        _heardAt = time.GetTimestamp();
        if (LookCodec.Read(bytes) is { } look)
        {
            looks.Hear(look);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The leader's looks at health cannot be read: {Problem}")]
    private partial void LogFailing(Exception? exception, string problem);

    [LoggerMessage(LogLevel.Warning, "Looks that Redis lost cannot be read from the store: {Problem}")]
    private partial void LogNotRefilled(string problem);
}
