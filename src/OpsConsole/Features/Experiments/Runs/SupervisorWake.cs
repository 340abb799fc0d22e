using System.Threading.Channels;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>Wakes the supervisor when there is something to do before the next look at health.</summary>
internal sealed class SupervisorWake
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _signal.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken cancellationToken) => await _signal.Reader.ReadAsync(cancellationToken);
}
