using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// Looks at what goes on in the engines that outlive a console. What somebody has started there, past this console, is taken up as a run: everybody
/// sees it and can halt it, but the console does not stop it by itself. A run of this console that is over and still goes on there is ordered to end.
/// </summary>
internal sealed partial class ForeignRuns(RunBook book, RunRecords records, EngineCalls engine, TimeProvider time, ILogger<ForeignRuns> logger)
{
    /// <summary>What was closed so lately may still be on its way to its end in the engine.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var active in await engine.RunsAsync(cancellationToken))
        {
            if (book.Find(active.RunId) is null && await records.TryTakeInAsync(active.RunId) is null && book.Find(active.RunId) is null)
            {
                await TakeUpAsync(active, cancellationToken);
            }
            else if (book.Find(active.RunId) is { IsOver: true } over && time.GetUtcNow() - over.EndedAt > Linger)
            {
                LogLeftOver(logger, over.Id, active.Reference);
                await engine.StopAsync(over.Id);
            }
        }
    }

    private async Task TakeUpAsync(EngineRun active, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var sentence = $"Experiment {active.Reference} was started elsewhere and goes on; it is not halted unless somebody halts it.";
        var run = new Run
        {
            Id = active.RunId,
            Experiment = active.Experiment,
            State = RunState.Running,
            RequestedBy = Actors.Outside,
            RequestedAt = active.StartedAt,
            StartedAt = active.StartedAt,
            HardDeadline = active.StartedAt + active.Experiment.Duration,
            Reference = active.Reference,
            StartedElsewhere = true,
            Faults = active.Faults,
            Phases = [new(RunState.Running, now, sentence)],
        };
        try
        {
            await records.CreateAsync(run, run.Event(Actors.Outside, TimelineKinds.RunAdopted, sentence).With("reference", active.Reference), cancellationToken);
            LogTakenUp(logger, run.Id, active.Reference);
        }
        catch (StoreUnavailableException exception)
        {
            LogNotTakenUp(logger, active.Reference, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Took up run {Run}: experiment {Reference} was started elsewhere")]
    private static partial void LogTakenUp(ILogger logger, string run, string reference);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Experiment {Reference}, which was started elsewhere, is not taken up yet: {Problem}")]
    private static partial void LogNotTakenUp(ILogger logger, string reference, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} is over, but experiment {Reference} goes on; it was ordered to end")]
    private static partial void LogLeftOver(ILogger logger, string run, string reference);
}
