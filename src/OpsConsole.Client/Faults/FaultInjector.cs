using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsConsole.Agents.Wire;

namespace OpsConsole.Client;

/// <summary>
/// Holds the faults of this process, each as a lease on the monotonic clock. Whoever injects reads one field, which is
/// <see langword="null"/> while there is nothing to inject. Needs nobody to let go: a timer ends what has run out.
/// </summary>
internal sealed partial class FaultInjector : IDisposable
{
    private const int RememberedFaults = 64;
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly FaultDice _dice;
    private readonly FaultAgentOptions _options;
    private readonly ILogger<FaultInjector> _logger;
    private readonly ITimer _timer;
    private readonly long _origin;
    private readonly Dictionary<string, InjectedFault> _faults = new(StringComparer.Ordinal);
    private readonly Queue<InjectedFault> _ended = new();
    private long _epoch;
    private int _delays;
    private LiveFaults? _live;

    public FaultInjector(TimeProvider time, FaultDice dice, IOptions<FaultAgentOptions> options, ILogger<FaultInjector> logger)
    {
        _time = time;
        _dice = dice;
        _options = options.Value;
        _logger = logger;
        _origin = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((FaultInjector)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called after a fault began or ended.</summary>
    public Action? Changed { get; set; }

    /// <summary>Starts the application's own effect of a fault, if it has one.</summary>
    public Func<InjectedFault, bool>? TryStartEffect { get; set; }

    /// <summary>What there is to inject now; <see langword="null"/> for nothing.</summary>
    public LiveFaults? Live => Volatile.Read(ref _live);

    public long Epoch => Interlocked.Read(ref _epoch);

    /// <summary>Milliseconds of this agent's own clock.</summary>
    public long Now => (long)_time.GetElapsedTime(_origin).TotalMilliseconds;

    /// <summary>Makes the faults those of the plan; <see langword="false"/> if the plan is of an epoch that is over.</summary>
    public bool Apply(AgentPlan plan)
    {
        List<InjectedFault> over;
        lock (_gate)
        {
            if (plan.Epoch < _epoch)
            {
                LogRefused(plan.Epoch, _epoch);
                return false;
            }

            _epoch = plan.Epoch;
            var wanted = plan.Faults.Where(fault => fault.Epoch >= _epoch).ToDictionary(fault => fault.FaultId, StringComparer.Ordinal);
            over = [.. _faults.Values.Where(fault => !wanted.ContainsKey(fault.Order.FaultId))];
            over.ForEach(Forget);
            foreach (var order in wanted.Values)
            {
                if (_faults.TryGetValue(order.FaultId, out var known))
                {
                    known.Renew(plan.Stamp + order.LeaseMs, Now);
                }
                else if (!_ended.Any(ended => ended.Order.FaultId == order.FaultId))
                {
                    _faults.Add(order.FaultId, new(order, plan.Stamp));
                }
            }
        }

        over.ForEach(End);
        Look();
        Changed?.Invoke();
        return true;
    }

    /// <summary>Renews leases. A lease that has run out stays so.</summary>
    public void Renew(AgentLeases leases)
    {
        lock (_gate)
        {
            if (leases.Epoch < _epoch)
            {
                LogRefused(leases.Epoch, _epoch);
                return;
            }

            foreach (var lease in leases.Leases)
            {
                _faults.GetValueOrDefault(lease.FaultId)?.Renew(leases.Stamp + lease.LeaseMs, Now);
            }

            Schedule();
        }
    }

    /// <summary>Every fault that is in force or was lately.</summary>
    public IReadOnlyList<InjectedFault> Known()
    {
        lock (_gate)
        {
            return [.. _faults.Values, .. _ended];
        }
    }

    public void EndAll()
    {
        List<InjectedFault> over;
        lock (_gate)
        {
            over = [.. _faults.Values];
            over.ForEach(Forget);
            Rebuild(Now);
        }

        over.ForEach(End);
    }

    /// <summary>Whether the fault strikes this time.</summary>
    public bool Strikes(InjectedFault fault) => fault.IsInForce(Now) && _dice.Falls(fault.Order.Share);

    /// <summary>Waits as the fault says, until the fault ends or the caller gives up.</summary>
    public async Task DelayAsync(InjectedFault fault, CancellationToken caller)
    {
        try
        {
            if (Interlocked.Increment(ref _delays) <= _options.MaxConcurrentDelays)
            {
                var delay = Math.Clamp(_dice.Around(fault.Order.DelayMs, fault.Order.JitterMs), 0, _options.MaxDelay.TotalMilliseconds);
                await fault.WaitAsync(TimeSpan.FromMilliseconds(delay), _time, caller).ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _delays);
        }
    }

    public void Dispose()
    {
        EndAll();
        _timer.Dispose();
    }

    /// <summary>Ends what has run out and begins what is due.</summary>
    private void Look()
    {
        List<InjectedFault> over;
        bool changed;
        lock (_gate)
        {
            var now = Now;
            over = [.. _faults.Values.Where(fault => fault.HasRunOut(now))];
            over.ForEach(Forget);
            changed = over.Count > 0;
            foreach (var fault in _faults.Values.Where(fault => fault.Effect is null && fault.IsInForce(now)))
            {
                changed |= TryStartEffect?.Invoke(fault) ?? false;
            }

            changed |= Rebuild(now);
            Schedule();
        }

        over.ForEach(End);
        if (changed)
        {
            Changed?.Invoke();
        }
    }

    private void Forget(InjectedFault fault)
    {
        _faults.Remove(fault.Order.FaultId);
        _ended.Enqueue(fault);
        while (_ended.Count > RememberedFaults)
        {
            _ended.Dequeue();
        }
    }

    private void End(InjectedFault fault)
    {
        try
        {
            fault.End();
        }
        catch (AggregateException e)
        {
            LogEffectFailed(e, fault.Order.Kind);
        }
    }

    private bool Rebuild(long now)
    {
        var due = _options.InjectIntoRequests ? _faults.Values.Where(fault => fault.IsInForce(now)).ToList() : [];
        var before = Live;
        var inbound = due.Where(fault => fault.Order.Kind is AgentWords.Latency or AgentWords.Error).ToImmutableArray();
        var outbound = due
            .Where(fault => fault.Order is { Kind: AgentWords.DependencyLatency or AgentWords.DependencyOutage, Dependency: not null })
            .GroupBy(fault => fault.Order.Dependency!, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);
        var live = inbound.IsEmpty && outbound.Count == 0 ? null : new LiveFaults(inbound, outbound);
        Volatile.Write(ref _live, live);
        return (before?.Count ?? 0) != (live?.Count ?? 0);
    }

    private void Schedule()
    {
        var now = Now;
        var next = _faults.Values.Where(fault => !fault.IsOver).Select(fault => fault.NextMoment(now)).DefaultIfEmpty(long.MaxValue).Min();
        _timer.Change(
            next == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Clamp(next - now, 1, 60_000)),
            Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orders of the epoch {Epoch} are refused: {Highest} was seen already.")]
    private partial void LogRefused(long epoch, long highest);

    [LoggerMessage(Level = LogLevel.Error, Message = "What the application does when a fault {Kind} ends has failed.")]
    private partial void LogEffectFailed(Exception exception, string kind);
}

/// <summary>The faults that are in force now.</summary>
/// <param name="Inbound">Those that requests run into.</param>
/// <param name="Outbound">Those that calls run into, by dependency.</param>
internal sealed record LiveFaults(
    ImmutableArray<InjectedFault> Inbound, FrozenDictionary<string, ImmutableArray<InjectedFault>> Outbound)
{
    public int Count => Inbound.Length + Outbound.Values.Sum(faults => faults.Length);
}
