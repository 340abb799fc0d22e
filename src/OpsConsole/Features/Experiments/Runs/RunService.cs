using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Replicas;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>What became of a launch.</summary>
internal abstract record LaunchOutcome
{
    private LaunchOutcome()
    {
    }

    /// <summary>The run is on its way, or was already under the same client token.</summary>
    public sealed record Accepted(Run Run, bool Repeated) : LaunchOutcome;

    /// <summary>Another run is active on the service.</summary>
    public sealed record Busy(Run Other) : LaunchOutcome;

    /// <summary>A check said no. Nothing was injected.</summary>
    public sealed record Refused(PreflightResult Preflight, string? RunId) : LaunchOutcome
    {
        public string Sentence => string.Join(" ", Preflight.Checks.Where(check => !check.Passed).Select(check => $"{check.Finding} {check.Mend}"));
    }

    /// <summary>There is no such experiment.</summary>
    public sealed record Unknown : LaunchOutcome;
}

/// <summary>Launches runs and keeps what was learned from them.</summary>
internal sealed class RunService(
    RunBook book,
    RunRecords records,
    ExperimentService experiments,
    PreflightDesk desk,
    IRecordStore store,
    RunSlots slots,
    SupervisorWake wake,
    TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan RecordFollowsWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _launching = new(1, 1);

    /// <summary>Asks for a run. The intent and its event are on disk before anything is injected.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was started.</exception>
    public async Task<LaunchOutcome> LaunchAsync(
        string experimentId, string actor, string reason, string? clientToken, CancellationToken cancellationToken)
    {
        if (await experiments.FindAsync(experimentId, cancellationToken) is not { Value: { } experiment })
        {
            return new LaunchOutcome.Unknown();
        }

        await _launching.WaitAsync(cancellationToken);
        try
        {
            if (book.FindByToken(actor, experimentId, clientToken) is { } known && await FindAsync(known, cancellationToken) is { } repeated)
            {
                return new LaunchOutcome.Accepted(repeated, Repeated: true);
            }

            if (Active(experiment.Service) is { } other)
            {
                return new LaunchOutcome.Busy(other);
            }

            var preflight = await desk.LookAsync(experiment, cancellationToken);
            var now = time.GetUtcNow();
            var run = new Run
            {
                Id = $"{now.UtcDateTime:yyyyMMdd-HHmmss}-{Guid.CreateVersion7(now).ToString("N")[^6..]}",
                Experiment = experiment,
                State = RunState.Preflight,
                RequestedBy = actor,
                Reason = reason,
                ClientToken = clientToken,
                RequestedAt = now,
                Preflight = preflight.Checks,
                Phases = [new(RunState.Preflight, now, reason.Length == 0 ? $"Launched by {actor}." : $"Launched by {actor}: {reason}")],
            };
            return preflight.Passed
                ? await StartAsync(run, preflight, cancellationToken)
                : await RefuseAsync(run, preflight, cancellationToken);
        }
        finally
        {
            _launching.Release();
        }
    }

    /// <summary>One run, over or not.</summary>
    public async Task<Run?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return book.FindLive(id) ?? (await store.GetAsync(ExperimentRecords.Runs, id, cancellationToken))?.Value;
        }
        catch (StoreUnavailableException) when (book.Find(id) is not null)
        {
            return book.Find(id);
        }
    }

    /// <summary>Every run, newest first.</summary>
    public async Task<IReadOnlyList<Run>> ListAsync(CancellationToken cancellationToken)
    {
        var stored = await store.ListAsync(ExperimentRecords.Runs, cancellationToken);
        return [.. stored.Select(record => book.FindLive(record.Id) ?? record.Value).OrderByDescending(run => run.Id, StringComparer.Ordinal)];
    }

    /// <summary>Keeps what was learned.</summary>
    /// <returns>The run, or <see langword="null"/> if there is none; and why nothing was written.</returns>
    public async Task<(Run? Run, string? Problem)> WriteLessonsAsync(string id, string actor, string lessons, CancellationToken cancellationToken)
    {
        while (await store.GetAsync(ExperimentRecords.Runs, id, cancellationToken) is { } stored)
        {
            var live = book.FindLive(id) ?? stored.Value;
            if (!live.CanWriteLessons(out var problem) || !stored.Value.CanWriteLessons(out problem))
            {
                return (live, problem);
            }

            var changed = stored.Value with { Lessons = lessons };
            var saved = await store.SaveAsync(
                ExperimentRecords.Runs,
                id,
                changed,
                stored.Revision,
                changed.Event(actor, TimelineKinds.RunLessons, lessons.Length > 200 ? lessons[..200] + "…" : lessons),
                cancellationToken);
            if (saved is SaveOutcome<Run>.Saved)
            {
                book.Refresh(changed);
                return (changed, null);
            }
        }

        return (null, null);
    }

    public void Dispose() => _launching.Dispose();

    private Run? Active(string service) => book.Now.Active.Find(run => run.Experiment.Service == service);

    private async Task<LaunchOutcome> StartAsync(Run run, PreflightResult preflight, CancellationToken cancellationToken)
    {
        var starting = run.Enter(RunState.Starting, time.GetUtcNow(), "Every check passed.") with
        {
            Faults = preflight.Plan(run.Experiment, run.Id),
        };
        var change = starting.Event(run.RequestedBy, TimelineKinds.RunRequested, run.Reason)
            .With("targets", string.Join(",", starting.Faults.Select(fault => fault.Target).Distinct(StringComparer.Ordinal)));
        if (await slots.TakeAsync(run.Experiment.Service, run.Id, id => IsOverAsync(id, cancellationToken), cancellationToken) is { } other)
        {
            return await FindAsync(other, cancellationToken) is not { } first
                ? new LaunchOutcome.Refused(await desk.LookAsync(run.Experiment, cancellationToken), RunId: null)
                : IsSameLaunch(first, run) ? new LaunchOutcome.Accepted(first, Repeated: true)
                : new LaunchOutcome.Busy(first);
        }

        if (!await records.CreateAsync(starting, change, cancellationToken))
        {
            var refused = book.Change(
                run.Id, now => now.Enter(RunState.Failed, time.GetUtcNow(), "The safety lever was engaged while it was launched; nothing was injected."));
            if (refused is not null)
            {
                await records.RecordAsync(run.Id, refused.Closing());
            }

            return new LaunchOutcome.Refused(await desk.LookAsync(run.Experiment, cancellationToken), run.Id);
        }

        wake.Set();
        return new LaunchOutcome.Accepted(starting, Repeated: false);
    }

    private static bool IsSameLaunch(Run first, Run run) =>
        run.ClientToken is not null && first.ClientToken == run.ClientToken && first.RequestedBy == run.RequestedBy && first.Experiment.Id == run.Experiment.Id;

    /// <summary>
    /// Whether the run that has a slot has no more use of it. One that has no record was launched at a replica that died between the two, or
    /// that will find its slot taken.
    /// </summary>
    private async Task<bool> IsOverAsync(string id, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); ; await Task.Delay(Pause, time, cancellationToken))
        {
            if (await FindAsync(id, cancellationToken) is { } run)
            {
                return run.IsOver;
            }

            if (time.GetElapsedTime(began) >= RecordFollowsWithin)
            {
                return true;
            }
        }
    }

    private async Task<LaunchOutcome> RefuseAsync(Run run, PreflightResult preflight, CancellationToken cancellationToken)
    {
        var outcome = new LaunchOutcome.Refused(preflight, run.Id);
        var refused = run.Enter(RunState.Refused, time.GetUtcNow(), outcome.Sentence);
        try
        {
            await records.CreateAsync(refused, refused.Event(run.RequestedBy, TimelineKinds.RunRefused, outcome.Sentence), cancellationToken);
            return outcome;
        }
        catch (StoreUnavailableException)
        {
            // A refusal stands without its record: nothing was started.
            return outcome with { RunId = null };
        }
    }
}
