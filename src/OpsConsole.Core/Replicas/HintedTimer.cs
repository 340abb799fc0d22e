using System.Threading.Channels;

namespace OpsConsole.Core.Replicas;

/// <summary>A timer for whoever looks at the shared store from time to time: it also ticks at once after a hint.</summary>
public sealed class HintedTimer : IDisposable
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly ITimer _timer;

    /// <summary>A timer that ticks in intervals, the first time after one.</summary>
    /// <param name="interval">The time between two ticks without a hint.</param>
    /// <param name="time">The clock.</param>
    public HintedTimer(TimeSpan interval, TimeProvider time) =>
        _timer = time.CreateTimer(static timer => ((HintedTimer)timer!).Tick(), this, interval, interval);

    /// <summary>Ticks now.</summary>
    public void Tick() => _wake.Writer.TryWrite(true);

    /// <summary>Waits for the next tick. Ticks that nobody waited for count as one.</summary>
    /// <param name="cancellationToken">Gives up, by an exception.</param>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _wake.Reader.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
