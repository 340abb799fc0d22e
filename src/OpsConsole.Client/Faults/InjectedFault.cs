using System.Diagnostics;
using OpsConsole.Agents.Wire;

namespace OpsConsole.Client;

/// <summary>
/// One fault as this process carries it out. Its times are in milliseconds of the agent's monotonic clock. When its life ends, every
/// request that waits in it goes on at once.
/// </summary>
internal sealed class InjectedFault : IDisposable
{
    private readonly CancellationTokenSource _life = new();
    private long _leaseUntil;
    private long _injected;
    private int _waiting;
    private int _over;

    public InjectedFault(AgentFault order, long stamp)
    {
        Order = order;
        Life = _life.Token;
        StartAt = stamp + order.StartInMs;
        EndAt = stamp + order.EndInMs;
        HardDeadline = stamp + order.HardDeadlineMs;
        _leaseUntil = stamp + order.LeaseMs;
        Tags = order.Dependency is { } dependency ? [new("kind", order.Kind), new("dependency", dependency)] : [new("kind", order.Kind)];
    }

    public AgentFault Order { get; }

    public long StartAt { get; }

    public long EndAt { get; }

    /// <summary>Fixed when the fault is first heard of: nothing that is said later moves it.</summary>
    public long HardDeadline { get; }

    /// <summary>Ends when the fault does.</summary>
    public CancellationToken Life { get; }

    public TagList Tags { get; }

    public long Injected => Interlocked.Read(ref _injected);

    public bool IsOver => Volatile.Read(ref _over) != 0;

    /// <summary>The work of the application's own effect, where the fault has one.</summary>
    public Task? Effect { get; set; }

    /// <summary>When something changes by itself next.</summary>
    public long NextMoment(long now) => now < StartAt ? StartAt : Until;

    public bool HasRunOut(long now) => now >= Until;

    public bool IsInForce(long now) => !IsOver && now >= StartAt && now < Until;

    /// <summary>Whether it still does anything to anybody.</summary>
    public bool IsActive(long now) => Effect is { } effect ? !effect.IsCompleted : IsInForce(now) || Volatile.Read(ref _waiting) > 0;

    /// <summary>Moves the end of the lease; one that has run out stays so, even before anybody has noticed.</summary>
    public void Renew(long leaseUntil, long now)
    {
        if (!HasRunOut(now))
        {
            Interlocked.Exchange(ref _leaseUntil, leaseUntil);
        }
    }

    public void Strike()
    {
        Interlocked.Increment(ref _injected);
        FaultMetrics.Injected.Add(1, Tags);
    }

    public async Task WaitAsync(TimeSpan delay, TimeProvider time, CancellationToken caller)
    {
        Interlocked.Increment(ref _waiting);
        Strike();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(Life, caller);
            await Task.Delay(delay, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Ends it for good and releases whoever waits in it.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _over, 1) == 0)
        {
            _life.Cancel();
        }
    }

    public void Dispose() => _life.Dispose();

    private long Until => Math.Min(Math.Min(EndAt, HardDeadline), Interlocked.Read(ref _leaseUntil));
}
