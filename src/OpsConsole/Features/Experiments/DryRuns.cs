using System.Collections.Concurrent;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments;

/// <summary>What became of asking for a dry run.</summary>
internal abstract record DryRunOutcome
{
    private DryRunOutcome()
    {
    }

    /// <summary>It is on its way, or was already.</summary>
    public sealed record Begun(DryRun DryRun, Task<DryRun> End) : DryRunOutcome;

    /// <summary>It was not begun.</summary>
    public sealed record Refused(string Why) : DryRunOutcome;

    /// <summary>There is no such experiment.</summary>
    public sealed record Unknown : DryRunOutcome;
}

/// <summary>Makes dry runs of templates, one at a time of each, and keeps the newest. They go on when whoever asked goes away.</summary>
internal sealed partial class DryRuns(
    ExperimentService experiments, RunFeed runs, IRecordStore store, TimeProvider time, ILogger<DryRuns> logger, IExperimentTemplates? templates = null)
{
    private readonly ConcurrentDictionary<string, GoingOn> _goingOn = new(StringComparer.Ordinal);

    /// <summary>The newest dry run of a template, as it is now.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be read now.</exception>
    public async ValueTask<DryRun?> NewestAsync(string template, CancellationToken cancellationToken) => _goingOn.TryGetValue(template, out var going)
        ? going.Now
        : (await store.GetAsync(ExperimentRecords.DryRuns, template, cancellationToken))?.Value;

    /// <summary>Asks for a dry run. It and its event are on disk before the engine is told.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was begun.</exception>
    public async Task<DryRunOutcome> BeginAsync(string experimentId, string actor, CancellationToken cancellationToken)
    {
        if (await experiments.FindAsync(experimentId, cancellationToken) is not { Value: { } experiment })
        {
            return new DryRunOutcome.Unknown();
        }

        if (experiment.Template is not { } template)
        {
            return new DryRunOutcome.Refused("Only experiments with a template of AWS FIS have a dry run; the checks before a start say what this one touches.");
        }

        if (templates is null)
        {
            return new DryRunOutcome.Refused($"No engine of this console has the template {template}. Start the console with OpsConsole:Backend=Aws.");
        }

        if (runs.Current.Lever is { Engaged: true } lever)
        {
            return new DryRunOutcome.Refused(RunMachine.LeverSentence(lever));
        }

        var stored = await store.GetAsync(ExperimentRecords.DryRuns, template, cancellationToken);
        var now = time.GetUtcNow();
        var asked = new DryRun
        {
            Template = template,
            Token = Guid.CreateVersion7(now).ToString("N"),
            RequestedBy = actor,
            StartedAt = now,
            Detail = "It is being started.",
        };
        var going = new GoingOn(asked);
        if (!_goingOn.TryAdd(template, going))
        {
            return _goingOn.TryGetValue(template, out var already)
                ? new DryRunOutcome.Begun(already.Now, already.End.Task)
                : new DryRunOutcome.Refused("Another dry run has just ended. Look at it, and ask again if need be.");
        }

        var saved = false;
        try
        {
            if (stored?.Value.IsGoingOn(now) == true)
            {
                return new DryRunOutcome.Refused($"A dry run goes on at another replica, since {stored.Value.StartedAt.UtcDateTime:HH:mm:ss} UTC.");
            }

            saved = await store.SaveAsync(
                ExperimentRecords.DryRuns, template, asked, stored?.Revision ?? 0, Event(experiment, asked, "A dry run was asked for."), cancellationToken)
                is SaveOutcome<DryRun>.Saved;
        }
        finally
        {
            if (!saved)
            {
                _goingOn.TryRemove(template, out _);
            }
        }

        if (!saved)
        {
            return new DryRunOutcome.Refused("Somebody else asked for a dry run at the same moment.");
        }

        _ = Task.Run(() => FollowAsync(templates, experiment, asked, going), CancellationToken.None);
        return new DryRunOutcome.Begun(asked, going.End.Task);
    }

    private async Task FollowAsync(IExperimentTemplates engine, Experiment experiment, DryRun asked, GoingOn going)
    {
        var ended = asked;
        try
        {
            ended = await engine.DryRunAsync(asked, now => going.Now = now, CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogBroken(logger, asked.Template, exception);
            ended = asked with { EndedAt = time.GetUtcNow(), Detail = $"It could not be followed: {exception.Message}" };
        }

        going.Now = ended;
        try
        {
            var stored = await store.GetAsync(ExperimentRecords.DryRuns, asked.Template);
            if (stored?.Value.Token == asked.Token)
            {
                await store.SaveAsync(ExperimentRecords.DryRuns, asked.Template, ended, stored.Revision, Event(experiment, ended, ended.Detail));
            }
        }
        catch (StoreUnavailableException exception)
        {
            LogUnwritten(logger, asked.Template, exception.Message);
        }
        finally
        {
            _goingOn.TryRemove(asked.Template, out _);
            going.End.TrySetResult(ended);
        }
    }

    private static TimelineEvent Event(Experiment experiment, DryRun dryRun, string reason) => new TimelineEvent
    {
        Actor = dryRun.RequestedBy,
        Kind = TimelineKinds.ExperimentDryRun,
        Subject = Subjects.Experiment(experiment.Id),
        Reason = reason,
    }
        .With("template", dryRun.Template)
        .With("reference", dryRun.Reference)
        .With("succeeded", dryRun.EndedAt is null ? null : dryRun.Succeeded ? "true" : "false");

    [LoggerMessage(Level = LogLevel.Error, Message = "The dry run of template {Template} could not be followed")]
    private static partial void LogBroken(ILogger logger, string template, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What came of the dry run of template {Template} could not be written: {Problem}")]
    private static partial void LogUnwritten(ILogger logger, string template, string problem);

    private sealed class GoingOn(DryRun begun)
    {
        private DryRun _now = begun;

        public DryRun Now
        {
            get => Volatile.Read(ref _now);
            set => Volatile.Write(ref _now, value);
        }

        public TaskCompletionSource<DryRun> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
