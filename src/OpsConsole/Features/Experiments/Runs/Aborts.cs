using OpsConsole.Core.Experiments;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>Closes runs that nobody watched to their end.</summary>
internal sealed partial class Aborts(RunBook book, RunRecords records, EngineCalls engine, Leadership leadership, TimeProvider time, ILogger<Aborts> logger)
{
    /// <summary>Orders a run's faults to end and closes it, with what is proven and what is not. Only a leader closes runs.</summary>
    public async Task AbortAsync(string id, string why)
    {
        if (!leadership.IsLeader)
        {
            return;
        }

        await engine.StopAsync(id);
        var proof = await engine.ProveStoppedAsync(book.Find(id), id);
        var sentence = proof.Gone
            ? $"{why} Every fault is proven gone."
            : $"{why} Not proven gone at {string.Join(", ", proof.Unconfirmed)}; ends by itself at {proof.ExpiresAt.UtcDateTime:HH:mm:ss} UTC at the latest. {proof.Problem}".TrimEnd();
        var aborted = book.Change(id, run => !run.CanEnter(RunState.Aborted) ? null : run.Enter(RunState.Aborted, time.GetUtcNow(), sentence) with
        {
            HaltedBy = run.HaltedBy ?? Actors.Console,
            HaltReason = run.HaltReason ?? sentence,
            Unconfirmed = proof.Gone ? [] : proof.Unconfirmed,
            UnconfirmedWhy = proof.Gone ? null : proof.Problem,
            Reports = proof.Gone ? run.ProvenGone() : run.Reports,
            ExpiresAt = proof.Gone ? null : proof.ExpiresAt,
            Verdict = Verdict.Inconclusive,
            VerdictWhy = "Nobody watched it to its end.",
        });
        if (aborted is not null)
        {
            LogAborted(logger, id, sentence);
            await records.RecordAsync(id, aborted.Closing());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} is aborted: {Why}")]
    private static partial void LogAborted(ILogger logger, string run, string why);
}
