using Microsoft.Extensions.Options;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Replicas;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// What becomes of a run that an earlier console, or an earlier leader, left behind. What was injected ended by its lease while nobody watched,
/// so such a run is closed as aborted, unless its engine goes on without a console. A halt, and a recovery, go on: everything that they rest on
/// is on disk, and what was missed is said. A run that was only just launched, at a replica that lives, is started.
/// </summary>
internal sealed partial class Adoption(
    RunBook book,
    RunRecords records,
    Aborts aborts,
    EngineCalls engine,
    SampleRings samples,
    IHealthHistory history,
    IOptions<ExperimentsOptions> options,
    Leadership leadership,
    ILogger<Adoption> logger)
{
    private const int MostSeconds = 4500;

    public Task TakeOverAsync(Run run, RunSlot? slot, Func<string, bool> lives, CancellationToken cancellationToken) => run.State switch
    {
        RunState.Halting or RunState.Recovering => GoOnAsync(run, cancellationToken),
        RunState.Running when engine.OutlivesLeader(run) => GoOnAsync(run, cancellationToken),

        // Its start is repeated: the engine knows it by its id, so however far the console before got, there is one.
        RunState.Starting when engine.OutlivesLeader(run) => Task.CompletedTask,
        RunState.Starting when slot?.Run == run.Id && slot.Term == 0 && lives(slot.By) => Task.CompletedTask,
        RunState.Preflight => aborts.AbortAsync(run.Id, "The console ended before anything was injected."),
        _ => aborts.AbortAsync(
            run.Id, $"The console ended while it was {run.State}; faults end by themselves within {engine.LeaseOf(run.Experiment).TotalSeconds:F0} s then."),
    };

    private async Task GoOnAsync(Run run, CancellationToken cancellationToken)
    {
        var now = leadership.Since;
        var seen = await ReadAsync(run, now, cancellationToken);
        samples.Refill(run.Experiment.Service, seen);
        var last = run.Phases[^1].At;
        if (seen.Count > 0 && seen[^1].At > last)
        {
            last = seen[^1].At!.Value;
        }

        var adopted = book.Change(run.Id, current => current with { EvidenceGaps = current.EvidenceGaps.Add(new(last, now)) });
        if (adopted is not null)
        {
            var sentence =
                $"The console ended while it was {run.State} and goes on with it; nobody watched {run.Experiment.Service} from {last.UtcDateTime:HH:mm:ss} to {now.UtcDateTime:HH:mm:ss} UTC.";
            LogAdopted(logger, run.Id, sentence);
            await records.RecordAsync(run.Id, adopted.Event(Actors.Console, TimelineKinds.RunAdopted, sentence));
        }
    }

    /// <summary>What the console before this one saw of the service, from the history that it kept.</summary>
    private async Task<IReadOnlyList<Sample>> ReadAsync(Run run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var from = (run.StartedAt ?? run.RequestedAt) - options.Value.Baseline;
        var earliest = now - TimeSpan.FromSeconds(MostSeconds);
        from = from < earliest ? earliest : from;
        if (from >= now)
        {
            return [];
        }

        try
        {
            return await history.ReadAsync(run.Experiment.Service, from, now, MostSeconds, cancellationToken) is { } window
                ? PastSamples.Of(window)
                : [];
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNoHistory(logger, run.Id, exception);
            return [];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} is adopted: {Sentence}")]
    private static partial void LogAdopted(ILogger logger, string run, string sentence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The history could not be read for run {Run}; it is judged by what is seen from now on")]
    private static partial void LogNoHistory(ILogger logger, string run, Exception exception);
}
