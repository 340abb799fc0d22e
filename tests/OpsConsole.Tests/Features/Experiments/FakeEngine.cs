using System.Collections.Concurrent;
using System.Collections.Immutable;
using OpsConsole.Core.Experiments;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>An engine whose faults are a dictionary, and that can be made to misbehave.</summary>
internal sealed class FakeEngine(TimeProvider time) : IFaultEngine
{
    public string Name { get; init; } = "fake";

    public TimeSpan LeaseDuration { get; } = TimeSpan.FromSeconds(10);

    public bool IsShared { get; init; }

    /// <summary>Whether it runs experiments with a template, and no others.</summary>
    public bool RunsTemplates { get; init; }

    /// <summary>How each run stands; what is not here goes on.</summary>
    public ConcurrentDictionary<string, EngineStanding> Standings { get; } = new(StringComparer.Ordinal);

    /// <summary>What was started past the console.</summary>
    public ConcurrentDictionary<string, EngineRun> Foreign { get; } = new(StringComparer.Ordinal);

    public List<FaultTarget> Targets { get; } = [new("shop-1", true), new("shop-2", true), new("shop-3", true)];

    public ConcurrentDictionary<string, FaultOrder> Active { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>The instances that never prove that a fault is gone.</summary>
    public ImmutableArray<string> Silent { get; set; } = [];

    /// <summary>Set: a start waits for it.</summary>
    public TaskCompletionSource? HoldStart { get; set; }

    /// <summary>Set: a stop never returns.</summary>
    public bool StopHangs { get; set; }

    /// <summary>Set: no call returns.</summary>
    public bool Hangs { get; set; }

    /// <summary>Set: every call blocks the thread that makes it until this is set.</summary>
    public ManualResetEventSlim? Blocks { get; set; }

    /// <summary>Set: a proof waits for it.</summary>
    public TaskCompletionSource? HoldProof { get; set; }

    public string? StartProblem { get; set; }

    public ActionOutcome Action { get; set; } = new(true, "shop-4 was started.");

    public int Renewals => Calls.Count(call => call.StartsWith("renew ", StringComparison.Ordinal));

    public bool Carries(Experiment experiment) => experiment.Template is not null == RunsTemplates;

    public ValueTask<EngineStanding> StandingAsync(string runId, CancellationToken cancellationToken) =>
        new(Standings.GetValueOrDefault(runId, EngineStanding.Going.On));

    public ValueTask<IReadOnlyList<EngineRun>> RunsAsync(CancellationToken cancellationToken) => new([.. Foreign.Values]);

    public ValueTask<IReadOnlyList<FaultTarget>> TargetsAsync(string service, CancellationToken cancellationToken) => new(Targets);

    public async ValueTask<StartOutcome> StartAsync(FaultOrder order, CancellationToken cancellationToken)
    {
        Calls.Enqueue("start " + order.RunId);
        if (HoldStart is { } hold)
        {
            await hold.Task;
        }

        if (StartProblem is not null)
        {
            return new StartOutcome.Refused(StartProblem);
        }

        Active[order.RunId] = order;
        return new StartOutcome.Started(RunsTemplates ? "EXP-" + order.RunId : null);
    }

    public ValueTask RenewAsync(string runId, CancellationToken cancellationToken)
    {
        Calls.Enqueue("renew " + runId);
        return default;
    }

    public async ValueTask StopAsync(string runId, CancellationToken cancellationToken)
    {
        Calls.Enqueue("stop " + runId);
        await HangAsync(StopHangs, cancellationToken);

        if (Silent.IsEmpty)
        {
            Active.TryRemove(runId, out _);
            Foreign.TryRemove(runId, out _);
        }
    }

    public async ValueTask<IReadOnlyList<string>> StopEverythingAsync(CancellationToken cancellationToken)
    {
        Calls.Enqueue("stop everything");
        await HangAsync(false, cancellationToken);
        string[] active = [.. Active.Keys, .. Foreign.Keys];
        if (Silent.IsEmpty)
        {
            Active.Clear();
            Foreign.Clear();
        }

        return active;
    }

    public async ValueTask<StopProof> ProveStoppedAsync(string runId, TimeSpan patience, CancellationToken cancellationToken)
    {
        await HangAsync(false, cancellationToken);
        if (HoldProof is { } hold)
        {
            await hold.Task;
        }

        return new(!Active.ContainsKey(runId), Active.ContainsKey(runId) ? Silent : [], time.GetUtcNow() + LeaseDuration);
    }

    public ValueTask<IReadOnlyList<FaultReport>> ReadAsync(string runId, CancellationToken cancellationToken) =>
        new(Active.TryGetValue(runId, out var order)
            ? [.. order.Faults.Select(fault => new FaultReport(fault.FaultId, fault.Target, fault.Spec.Kind, true, 7, time.GetUtcNow()))]
            : []);

    public async ValueTask<IReadOnlyList<string>> ActiveRunsAsync(CancellationToken cancellationToken)
    {
        await HangAsync(false, cancellationToken);
        return [.. Active.Keys, .. Foreign.Keys];
    }

    public ValueTask<ActionOutcome> PerformAsync(string service, string action, TimeSpan patience, CancellationToken cancellationToken)
    {
        Calls.Enqueue($"perform {action}");
        return new(Action);
    }

    private async Task HangAsync(bool alone, CancellationToken cancellationToken)
    {
        Blocks?.Wait(CancellationToken.None);
        if (alone || Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        }
    }
}
