using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsConsole.Agents.Wire;
using OpsConsole.Core.Experiments;

namespace OpsConsole.Embedded.Faults;

/// <summary>
/// Faults as leases in applications. The engine holds what is ordered; each agent is told its whole plan with every change, says what
/// became of it, and lets go by itself when its lease runs out. Nothing here waits for a store.
/// </summary>
internal sealed partial class LeasedFaultEngine : IFaultEngine
{
    private const int RememberedRuns = 200;
    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Service, string Instance), Agent> _agents = [];
    private readonly Dictionary<string, OrderedRun> _runs = new(StringComparer.Ordinal);
    private readonly Queue<string> _runOrder = new();
    private readonly Pulse _changed = new();
    private readonly TimeProvider _time;
    private readonly DurableEpoch _epoch;
    private readonly FaultsOptions _options;
    private readonly ILogger<LeasedFaultEngine> _logger;
    private readonly long _openedAt;
    private long _sequence;

    public LeasedFaultEngine(
        DurableEpoch epoch, IOptions<FaultsOptions> options, TimeProvider time, ILogger<LeasedFaultEngine> logger)
    {
        _epoch = epoch;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _openedAt = time.GetTimestamp();
    }

    public string Name => "embedded";

    public TimeSpan LeaseDuration { get; } = TimeSpan.FromSeconds(10);

    public ValueTask<IReadOnlyList<FaultTarget>> TargetsAsync(string service, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var targets = new SortedDictionary<string, FaultTarget>(StringComparer.Ordinal);
            foreach (var agent in _agents.Values.Where(agent => agent.Service == service))
            {
                if (!agent.IsFleet)
                {
                    targets[agent.Instance] = new(agent.Instance, IsConnected(agent));
                }
                else if (IsConnected(agent))
                {
                    foreach (var announced in agent.Announces)
                    {
                        targets.TryAdd(announced, new(announced, Connected: false));
                    }
                }
            }

            return ValueTask.FromResult<IReadOnlyList<FaultTarget>>([.. targets.Values]);
        }
    }

    public ValueTask<StartOutcome> StartAsync(FaultOrder order, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(Start(order));
        }
    }

    public ValueTask RenewAsync(string runId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // A lease that has run out stays so: a console that stood still does not bring back what its agents have let go.
            if (_runs.TryGetValue(runId, out var run) && !run.Stopped && _time.GetElapsedTime(run.RenewedAt) < LeaseDuration)
            {
                run.RenewedAt = _time.GetTimestamp();
                foreach (var agent in run.Faults.Select(fault => fault.Agent).Distinct())
                {
                    agent.Renewals++;
                    agent.Wake.Beat();
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask StopAsync(string runId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_runs.TryGetValue(runId, out var run))
            {
                Stop([run]);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<string>> StopEverythingAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var active = ActiveRuns();
            LogEverythingStops(_epoch.Raise());
            Stop(_runs.Values);

            // An agent may hold what this console never ordered: everybody gets a plan of the new epoch.
            foreach (var agent in _agents.Values)
            {
                Change(agent);
            }

            return ValueTask.FromResult(active);
        }
    }

    public async ValueTask<StopProof> ProveStoppedAsync(string runId, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (true)
        {
            var next = _changed.Next;
            var proof = Judge(runId);
            if (proof.Gone || limit.IsCancellationRequested)
            {
                return proof;
            }

            try
            {
                await next.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return Judge(runId);
            }
        }
    }

    public ValueTask<IReadOnlyList<FaultReport>> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            IReadOnlyList<FaultReport> reports = _runs.TryGetValue(runId, out var run)
                ? [.. run.Faults.Select(fault => new FaultReport(
                    fault.Planned.FaultId, fault.Planned.Target, fault.Planned.Spec.Kind, fault.Active, fault.Injected, fault.ReportedAt))]
                : [.. Foreign().Where(said => said.Fault.RunId == runId).Select(said => new FaultReport(
                    said.Fault.FaultId,
                    said.Fault.Target,
                    FaultKindWords.FromWord(said.Fault.Kind) ?? FaultKind.Error,
                    said.Fault.Active,
                    said.Fault.Injected,
                    said.Agent.ReportedAt))];
            return ValueTask.FromResult(reports);
        }
    }

    public ValueTask<IReadOnlyList<string>> ActiveRunsAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(ActiveRuns());
        }
    }

    public async ValueTask<ActionOutcome> PerformAsync(
        string service, string action, TimeSpan patience, CancellationToken cancellationToken)
    {
        var outcome = new TaskCompletionSource<(bool Succeeded, string Detail)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actionId = Guid.CreateVersion7(_time.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture);
        Agent? agent;
        lock (_gate)
        {
            agent = _agents.Values
                .Where(candidate => candidate.Service == service && IsConnected(candidate) && candidate.Capabilities.Contains(action))
                .MinBy(candidate => candidate.Instance, StringComparer.Ordinal);
            if (agent is null)
            {
                return new(false, $"No connected agent of {service} can do {action}.");
            }

            agent.Actions.Add(actionId, new(action, After(_time.GetTimestamp(), patience), outcome));
            Change(agent);
        }

        try
        {
            var (succeeded, detail) = await outcome.Task.WaitAsync(patience, _time, cancellationToken);
            return new(succeeded, detail);
        }
        catch (TimeoutException)
        {
            return new(false, $"The agent {agent.Instance} of {service} did not answer within {patience.TotalSeconds:0.#} s.");
        }
        finally
        {
            lock (_gate)
            {
                agent.Actions.Remove(actionId);
                Change(agent);
            }
        }
    }

    private StartOutcome Start(FaultOrder order)
    {
        if (_runs.TryGetValue(order.RunId, out var known))
        {
            return known.Stopped
                ? new StartOutcome.Refused($"The run {order.RunId} was stopped; launch a new one.")
                : new StartOutcome.Started();
        }

        var now = _time.GetTimestamp();
        var clock = _time.GetUtcNow();
        var deadline = After(now, order.HardDeadline - clock);
        if (deadline <= now)
        {
            return new StartOutcome.Refused("The run's hard deadline has passed; launch a new one.");
        }

        List<OrderedFault> faults = [];
        foreach (var planned in order.Faults)
        {
            if (Carrier(order.Service, planned, out var problem) is not { } agent)
            {
                return new StartOutcome.Refused(problem);
            }

            var startAt = After(now, order.StartedAt - clock + planned.Spec.StartAfter);
            var endAt = planned.Spec.Duration is { } lasts ? Math.Min(After(startAt, lasts), deadline) : deadline;
            faults.Add(new(planned, agent, startAt, endAt, deadline));
        }

        Remember(new(order.RunId, _epoch.Current, now, faults));
        foreach (var agent in faults.Select(fault => fault.Agent).Distinct())
        {
            Change(agent);
            foreach (var fault in faults.Where(fault => fault.Agent == agent))
            {
                fault.Sequence = agent.Sequence;
            }
        }

        return new StartOutcome.Started();
    }

    /// <summary>Who carries a fault out, or why nobody can.</summary>
    private Agent? Carrier(string service, PlannedFault planned, out string problem)
    {
        var fromOutside = planned.Spec.Kind == FaultKind.InstanceTermination;
        var agent = _agents.GetValueOrDefault((service, fromOutside ? AgentWords.FleetInstance : planned.Target));
        var word = planned.Spec.Kind.ToWord();
        problem = agent is null || !IsConnected(agent)
            ? fromOutside
                ? $"No fleet agent of {service} is connected that could terminate {planned.Target} and bring it back."
                : $"The agent of {planned.Target} is not connected; start the instance or choose another target."
            : !agent.Capabilities.Contains(word)
                ? $"The agent of {agent.Instance} cannot inject {word}."
                : fromOutside && !agent.Announces.Contains(planned.Target)
                    ? $"The fleet agent of {service} does not know the instance {planned.Target}."
                    : planned.Spec.Dependency is { } dependency && LacksDependency(agent, dependency)
                        ? $"{planned.Target} has no dependency {dependency} that faults can be injected into."
                        : "";
        return problem.Length == 0 ? agent : null;
    }

    private static bool LacksDependency(Agent agent, string dependency) =>
        !agent.Capabilities.Contains(AgentWords.DependencyPrefix + dependency);

    private void Stop(IEnumerable<OrderedRun> runs)
    {
        var stopping = runs.Where(run => !run.Stopped).ToList();
        stopping.ForEach(run => run.Stopped = true);
        foreach (var agent in stopping.SelectMany(run => run.Faults).Select(fault => fault.Agent).Distinct())
        {
            Change(agent);
        }

        foreach (var fault in stopping.SelectMany(run => run.Faults))
        {
            fault.Stop(fault.Agent.Sequence);
        }

        _changed.Beat();
    }

    private StopProof Judge(string runId)
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (_runs.TryGetValue(runId, out var run))
            {
                var open = run.Faults.Where(fault => !(run.Stopped && fault.Proven)).ToList();
                var last = open.Select(fault => Math.Min(fault.Deadline, LeaseEnd(run, fault.Agent))).DefaultIfEmpty(now).Max();
                return new(open.Count == 0, [.. Names(open.Select(fault => fault.Planned.Target))], Wall(last, now));
            }

            // A run of a console before this one: its leases cannot outlive this console's first ten seconds.
            var active = Foreign().Where(said => said.Fault.RunId == runId && said.Fault.Active).ToList();
            var end = After(_openedAt, LeaseDuration);
            return new(active.Count == 0 && now >= end, [.. Names(active.Select(said => said.Fault.Target))], Wall(end, now));
        }
    }

    /// <summary>The runs of which an agent said within a lease that their faults strike.</summary>
    private IReadOnlyList<string> ActiveRuns() =>
    [
        .. Foreign()
            .Where(said => said.Fault.Active && _time.GetElapsedTime(said.Agent.HeardAt) < LeaseDuration)
            .Select(said => said.Fault.RunId)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Names(IEnumerable<string> targets) =>
        targets.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Everything that the agents last said, whoever ordered it.</summary>
    private IEnumerable<(Agent Agent, AgentFaultReport Fault)> Foreign() =>
        _agents.Values.SelectMany(agent => agent.Report?.Faults?.Select(fault => (agent, fault)) ?? []);

    private void Remember(OrderedRun run)
    {
        _runs.Add(run.RunId, run);
        _runOrder.Enqueue(run.RunId);
        for (var looked = _runOrder.Count; looked > 0 && _runs.Count > RememberedRuns; looked--)
        {
            var oldest = _runOrder.Dequeue();
            if (_runs[oldest].Stopped)
            {
                _runs.Remove(oldest);
            }
            else
            {
                _runOrder.Enqueue(oldest);
            }
        }
    }

    /// <summary>The end of a lease: counted from the renewal and from the agent's last word, whichever is earlier.</summary>
    private long LeaseEnd(OrderedRun run, Agent agent) => After(Math.Min(run.RenewedAt, agent.HeardAt), LeaseDuration);

    private bool IsConnected(Agent agent) => agent.Stream is not null && _time.GetElapsedTime(agent.HeardAt) < SilentAfter;

    private long After(long timestamp, TimeSpan time) =>
        timestamp + (long)(time.TotalSeconds * _time.TimestampFrequency);

    private DateTimeOffset Wall(long timestamp, long now) =>
        _time.GetUtcNow() + TimeSpan.FromSeconds((double)(timestamp - now) / _time.TimestampFrequency);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Every fault is ended; the fault epoch is {Epoch} now.")]
    private partial void LogEverythingStops(long epoch);
}
