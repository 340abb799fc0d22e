using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Runbooks;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Replicas;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// What the leader does with a run at one look. It rests on how things are now, so a look that was missed costs nothing. Whether this replica
/// still leads is asked before each command: it may have stood still since the look began.
/// </summary>
internal sealed class RunSteps(
    RunBook book,
    RunRecords records,
    Halts halts,
    Aborts aborts,
    EngineCalls engine,
    SampleRings samples,
    PreflightDesk desk,
    IFlagSwitch flags,
    IRollbackRunner runbooks,
    HealthFeed health,
    RunSlots slots,
    SafetyLevers levers,
    Leadership leadership,
    IOptions<ExperimentsOptions> options,
    TimeProvider time)
{
    /// <summary>A run that could not be started so long after it was asked for is not wanted any more.</summary>
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ActionPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LateProofPatience = TimeSpan.FromMilliseconds(100);
    private const int FinalSamples = 5;

    /// <summary>When the leases were last renewed, on the monotonic clock.</summary>
    private readonly ConcurrentDictionary<string, long> _renewed = new(StringComparer.Ordinal);

    public async Task StepAsync(string id, CancellationToken cancellationToken)
    {
        if (!leadership.IsLeader || book.Find(id) is not { } run)
        {
            return;
        }

        await (run.State switch
        {
            RunState.Starting => StartAsync(run, cancellationToken),
            RunState.Running => WatchAsync(run, cancellationToken),
            RunState.Halting => ConfirmAsync(run),
            RunState.Recovering => RecoverAsync(run, cancellationToken),
            _ => Task.CompletedTask,
        });

        if (book.Find(id) is { State: RunState.Running or RunState.Halting } reported)
        {
            await ReadReportsAsync(reported, cancellationToken);
        }
        else
        {
            _renewed.TryRemove(id, out _);
        }
    }

    private async Task StartAsync(Run run, CancellationToken cancellationToken)
    {
        if (await ObstacleAsync(run, cancellationToken) is { } obstacle)
        {
            if (engine.OutlivesLeader(run))
            {
                // A leader before this one may have got as far as the engine, which goes on without it.
                await engine.StopAsync(run.Id);
            }

            await FailAsync(run.Id, obstacle);
            return;
        }

        var now = time.GetUtcNow();
        var baseline = SteadyStates.Of(samples.Between(run.Experiment.Service, now - options.Value.Baseline, now));
        var order = new FaultOrder(run.Id, run.Experiment.Service, run.Faults, now, now + run.Experiment.Duration, run.Experiment.Template);
        book.Change(run.Id, current => current with { Baseline = baseline, StartedAt = now, HardDeadline = order.HardDeadline });
        _renewed[run.Id] = time.GetTimestamp();

        var outcome = await halts.StartAsync(run, order, cancellationToken);
        if (outcome is StartOutcome.Started started)
        {
            var running = book.Change(
                run.Id,
                current => current.CanEnter(RunState.Running)
                    ? current.Enter(RunState.Running, time.GetUtcNow(), Begun(run, started)) with { Reference = started.Reference }
                    : null);
            if (running is not null)
            {
                await records.RecordAsync(run.Id, running.Event(run.RequestedBy, TimelineKinds.RunStarted, running.Reason)
                    .With("hardDeadline", order.HardDeadline.UtcDateTime.ToString("O")));
            }

            return;
        }

        if (outcome is null && !leadership.IsLeader)
        {
            // It is for the next leader to say what becomes of it.
            return;
        }

        await engine.StopAsync(run.Id);
        await FailAsync(
            run.Id,
            outcome is StartOutcome.Refused refused ? refused.Problem : "The engine did not answer in time; what it may have started was ordered to end.");
    }

    private static string Begun(Run run, StartOutcome.Started started) => started.Reference is { } reference
        ? $"Experiment {reference} of the template {run.Experiment.Template} was started."
        : $"{run.Faults.Length} faults were ordered.";

    /// <summary>What keeps a run that was launched, perhaps at another replica, from being started here and now.</summary>
    private async Task<string?> ObstacleAsync(Run run, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - run.RequestedAt > StartsWithin)
        {
            return engine.OutlivesLeader(run)
                ? $"It could not be started within {StartsWithin.TotalSeconds:F0} s; what may have been started was ordered to end. Launch it again."
                : $"It could not be started within {StartsWithin.TotalSeconds:F0} s; nothing was injected. Launch it again.";
        }

        await levers.RefreshAsync();
        if (book.Now.Lever is { Engaged: true } lever)
        {
            return $"Nothing was injected. {RunMachine.LeverSentence(lever)}";
        }

        return await slots.ClaimAsync(run.Experiment.Service, run.Id, leadership.Term, cancellationToken) switch
        {
            Claim.Lost => $"Another run has {run.Experiment.Service} now; nothing was injected.",
            // The same start again is the same experiment: what an earlier leader has begun goes on.
            Claim.Begun when engine.OutlivesLeader(run) => halts.WasStopped(run.Id) ? "It was halted before it was started." : null,
            Claim.Begun => "The leader before this one had begun to start it; what it may have started was ordered to end.",
            _ => halts.WasStopped(run.Id) ? "It was halted before it was started; nothing was injected." : null,
        };
    }

    private async Task FailAsync(string id, string why)
    {
        var failed = book.Change(id, current => current.CanEnter(RunState.Failed) ? current.Enter(RunState.Failed, time.GetUtcNow(), why) : null);
        if (failed is not null)
        {
            await records.RecordAsync(id, failed.Closing());
        }
    }

    private async Task WatchAsync(Run run, CancellationToken cancellationToken)
    {
        if (engine.OutlivesLeader(run) && await EndedInEngineAsync(run, cancellationToken))
        {
            return;
        }

        var now = time.GetUtcNow();
        var sample = health.Current.Find(run.Experiment.Service);
        var fresh = sample is { Freshness: Freshness.Fresh } && now - health.Current.At <= options.Value.HealthGrace;
        var renewed = time.GetElapsedTime(_renewed.GetValueOrDefault(run.Id));
        if (run.StartedElsewhere)
        {
            // It is not this console's to judge; only people and the lever halt it.
            if (book.Now.Lever is { Engaged: true } engaged)
            {
                await halts.HaltRunAsync(run.Id, engaged.Actor, RunMachine.LeverSentence(engaged));
            }
        }
        else if (renewed >= engine.LeaseOf(run.Experiment) && !engine.OutlivesLeader(run))
        {
            // This console stood still, or it never started this run: nobody may renew what has run out.
            await aborts.AbortAsync(run.Id, $"No lease was renewed for {renewed.TotalSeconds:F0} s, so every fault ended by itself.");
        }
        else if (now >= run.HardDeadline)
        {
            await EndAsync(run, "The planned end came");
        }
        else if (sample is { IsEvidence: true } && SafeguardJudge.Tripped(run.Experiment.Safeguards, sample.Signs) is { } tripped)
        {
            await halts.HaltRunAsync(
                run.Id, $"safeguard: {tripped.Sign.Info().Title}", $"{tripped} in the sample of {sample.At?.UtcDateTime:HH:mm:ss} UTC", tripped.ToString());
        }
        else if (book.Now.Lever is { Engaged: true } lever)
        {
            await halts.HaltRunAsync(run.Id, lever.Actor, RunMachine.LeverSentence(lever));
        }
        else if (desk.IsClosed(now))
        {
            await halts.HaltRunAsync(run.Id, Actors.Supervisor, $"The production window closed ({desk.WindowText}).");
        }
        else if (!fresh && now - LastEvidence(run) > options.Value.HealthGrace)
        {
            await halts.HaltRunAsync(
                run.Id, "safeguard: no fresh health", $"No fresh health of {run.Experiment.Service} for {(now - LastEvidence(run)).TotalSeconds:F0} s.");
        }
        else if (fresh && renewed >= RenewEvery)
        {
            _renewed[run.Id] = time.GetTimestamp();
            await engine.RenewAsync(run.Id, cancellationToken);
        }
    }

    /// <summary>Follows an engine that has ended a run by itself, and says whether it has.</summary>
    private async Task<bool> EndedInEngineAsync(Run run, CancellationToken cancellationToken)
    {
        switch (await engine.StandingAsync(run, cancellationToken))
        {
            case EngineStanding.Completed completed:
                await EndAsync(run, completed.Why.TrimEnd('.'));
                return true;
            case EngineStanding.Stopped stopped:
                await halts.HaltRunAsync(run.Id, stopped.Limit is null ? Actors.Outside : $"safeguard: {stopped.Limit}", stopped.Why, stopped.Limit);
                return true;
            case EngineStanding.Failed failed:
                await ReadReportsAsync(run, cancellationToken);
                await FailAsync(run.Id, failed.Why);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Since when nothing was seen of the service. A leader that has just taken the run over has had no time to see anything.</summary>
    private DateTimeOffset LastEvidence(Run run)
    {
        var started = run.StartedAt ?? run.RequestedAt;
        var newest = samples.Between(run.Experiment.Service, started, DateTimeOffset.MaxValue);
        var seen = newest.Count == 0 ? started : newest[^1].At!.Value;
        return run.EvidenceGaps is [.., var gap] && gap.To > seen ? gap.To : seen;
    }

    private async Task EndAsync(Run run, string why)
    {
        var proof = await halts.StopAndProveAsync(run.Id);
        var now = time.GetUtcNow();
        var next = book.Change(run.Id, current => current.State != RunState.Running ? null
            : proof.Gone
                ? current.Enter(RunState.Recovering, now, $"{why}; every fault is proven gone.") with
                {
                    RecoveryStartedAt = now,
                    Reports = current.ProvenGone(),
                }
                : current.Enter(RunState.Halting, now, $"{why}; the faults are not proven gone yet.") with
                {
                    Unconfirmed = proof.Unconfirmed,
                    UnconfirmedWhy = proof.Problem,
                    ExpiresAt = proof.ExpiresAt,
                });
        if (next is not null)
        {
            await records.RecordAsync(run.Id, next.Event(
                Actors.Supervisor, proof.Gone ? TimelineKinds.RunRecovering : TimelineKinds.RunHaltUnconfirmed, next.Phases[^1].Why));
        }
    }

    private async Task ConfirmAsync(Run run)
    {
        if (halts.IsProving(run.Id))
        {
            return;
        }

        var proof = await halts.StopAndProveAsync(run.Id);
        var now = time.GetUtcNow();
        if (proof.Gone || now < (book.Find(run.Id)?.ExpiresAt ?? proof.ExpiresAt))
        {
            return;
        }

        var expired = book.Change(run.Id, current => current.State != RunState.Halting
            ? null
            : current.Enter(
                RunState.Recovering,
                now,
                $"Never proven gone at {string.Join(", ", current.Unconfirmed)}, but {(engine.OutlivesLeader(current) ? "by its plan it ended" : "the lease ran out")} at {current.ExpiresAt?.UtcDateTime:HH:mm:ss} UTC.") with
            {
                RecoveryStartedAt = now,
            });
        if (expired is not null)
        {
            await records.RecordAsync(run.Id, expired.Event(Actors.Supervisor, TimelineKinds.RunRecovering, expired.Phases[^1].Why));
        }
    }

    private async Task RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        var rolledBack = await RollBackAsync(run, cancellationToken);
        if (!run.Unconfirmed.IsEmpty)
        {
            // The lease has run out, but an instance may still say so itself.
            await halts.StopAndProveAsync(run.Id, LateProofPatience);
        }

        var now = time.GetUtcNow();
        var started = run.RecoveryStartedAt ?? now;
        var service = run.Experiment.Service;
        var meter = new RecoveryMeter(run.Baseline, started, run.EvidenceGaps);
        foreach (var sample in samples.Between(service, started, now))
        {
            meter.Look(sample);
        }

        var seconds = meter.Onset is { } onset ? Math.Round(onset.TotalSeconds, 1) : (double?)null;
        if (seconds != run.RecoverySeconds)
        {
            book.Change(run.Id, current => current with { RecoverySeconds = seconds, RecoveryIsUpperBound = meter.OnsetIsUpperBound });
        }

        var recovered = meter.Confirmation is not null && meter.Back.Count >= FinalSamples;
        if (rolledBack && (recovered || !meter.CanMeasure || meter.GivesUp(now)))
        {
            await FinishAsync(run, meter, now);
        }
    }

    private async Task FinishAsync(Run run, RecoveryMeter meter, DateTimeOffset now)
    {
        var service = run.Experiment.Service;
        var started = run.StartedAt ?? run.RequestedAt;
        var ended = run.HaltRequestedAt ?? run.RecoveryStartedAt ?? now;
        var before = samples.Between(service, started - options.Value.Baseline, started);
        var during = samples.Between(service, started + TimeSpan.FromSeconds(1), ended);
        var after = meter.Confirmation is not null ? meter.Back : samples.Between(service, now - TimeSpan.FromSeconds(30), now);
        var judged = Verdicts.Judge(before, during, run.TrippedSafeguard);
        var lost = meter.CanMeasure && meter.Confirmation is null;
        if (lost && after.Count >= Verdicts.MinSamples && judged.Verdict != Verdict.Degraded)
        {
            judged = new(Verdict.Degraded, $"The service did not come back to its baseline within {RecoveryMeter.Patience.TotalMinutes:F0} min. {judged.Why}");
        }

        var why =
            !meter.CanMeasure ? "There was no baseline to come back to."
            : lost ? $"Not recovered within {RecoveryMeter.Patience.TotalMinutes:F0} min."
            : $"Recovered after {(meter.OnsetIsUpperBound ? "at most " : "")}{meter.Onset!.Value.TotalSeconds:F1} s, confirmed after {meter.Confirmation!.Value.TotalSeconds:F1} s.";
        if (run.EvidenceGaps.LastOrDefault() is { } gap)
        {
            why = $"{why} Nobody watched from {gap.From.UtcDateTime:HH:mm:ss} to {gap.To.UtcDateTime:HH:mm:ss} UTC.";
        }

        var over = book.Change(run.Id, current => current.State != RunState.Recovering
            ? null
            : current.Enter(current.HaltedBy is null ? RunState.Completed : RunState.Halted, now, why) with
            {
                During = SteadyStates.Of(during),
                Final = SteadyStates.Of([.. after]),
                RecoverySeconds = meter.Onset is { } onset ? Math.Round(onset.TotalSeconds, 1) : null,
                RecoveryIsUpperBound = meter.OnsetIsUpperBound,
                Verdict = judged.Verdict,
                VerdictWhy = judged.Why,
            });
        if (over is not null)
        {
            await records.RecordAsync(run.Id, over.Closing());
        }
    }

    /// <summary>Carries out what is left of the rollback, in order; says whether nothing is.</summary>
    private async Task<bool> RollBackAsync(Run run, CancellationToken cancellationToken)
    {
        if (run.TrippedSafeguard is null)
        {
            return true;
        }

        for (var index = run.Rollbacks.Length; index < run.Experiment.RollbackActions.Length; index++)
        {
            if (!leadership.IsLeader || await RollBackAsync(run, index, cancellationToken) is not { } outcome)
            {
                return false;
            }

            var changed = book.Change(run.Id, current => current with { Rollbacks = current.Rollbacks.Add(outcome) });
            if (changed is not null)
            {
                await records.RecordAsync(run.Id, changed.Event(Actors.Supervisor, TimelineKinds.RunRollbackAction, outcome.Detail)
                    .With("action", outcome.Action.Kind.ToString())
                    .With("flag", outcome.Action.Flag)
                    .With("runbook", outcome.Action.Runbook)
                    .With("execution", outcome.Execution)
                    .With("succeeded", outcome.Succeeded ? "true" : "false"));
            }
        }

        return true;
    }

    /// <summary>One action; <see langword="null"/> while it is under way.</summary>
    private async Task<RollbackOutcome?> RollBackAsync(Run run, int index, CancellationToken cancellationToken)
    {
        var action = run.Experiment.RollbackActions[index];
        if (runbooks.Handles(action))
        {
            return await runbooks.AdvanceAsync(run, index, cancellationToken) is RollbackProgress.Over over
                ? new(action, time.GetUtcNow(), over.Succeeded, over.Detail, over.Execution)
                : null;
        }

        var (succeeded, detail) = action.Kind switch
        {
            RollbackActionKind.StopExperiment => run.Unconfirmed.IsEmpty
                ? (true, run.HaltConfirmedMs is { } ms ? $"Every fault is proven gone after {ms:F0} ms." : "Every fault is proven gone.")
                : (false, $"Not proven gone at {string.Join(", ", run.Unconfirmed)}."),
            RollbackActionKind.ScaleUpResources => await PerformAsync(run, cancellationToken),
            _ => await TurnOffAsync(run, action.Flag ?? "", cancellationToken),
        };
        return new(action, time.GetUtcNow(), succeeded, detail);
    }

    private async Task<(bool Succeeded, string Detail)> PerformAsync(Run run, CancellationToken cancellationToken)
    {
        var outcome = await engine.PerformAsync(run.Experiment.Service, "scale-up-resources", ActionPatience, cancellationToken);
        return (outcome.Succeeded, outcome.Detail);
    }

    private async Task<(bool Succeeded, string Detail)> TurnOffAsync(Run run, string flag, CancellationToken cancellationToken)
    {
        try
        {
            return await flags.TurnOffAsync(flag, Actors.Supervisor, $"Run {run.Id}: {run.TrippedSafeguard}", cancellationToken);
        }
        catch (StoreUnavailableException exception)
        {
            return (false, $"The flag could not be turned off: {exception.Message}");
        }
    }

    private async Task ReadReportsAsync(Run run, CancellationToken cancellationToken)
    {
        if (await engine.ReadAsync(run, cancellationToken) is { } reports && !reports.SequenceEqual(run.Reports))
        {
            book.Change(run.Id, current => current with { Reports = [.. reports] });
        }
    }
}
