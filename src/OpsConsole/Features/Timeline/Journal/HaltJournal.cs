using OpsConsole.Core;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Timeline.Journal;

/// <summary>
/// Keeps the events of halts while the timeline cannot be written: in a file beside the database, and in memory when not even that
/// can be written.
/// </summary>
internal sealed partial class HaltJournal(ITimeline timeline, DataDirectory directory, TimeProvider time, ILogger<HaltJournal> logger)
    : IHaltJournal, IDisposable
{
    public const string FileName = "halt-journal.ndjson";

    private const int Room = 256 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly JournalQueue _queue = new(directory.File(FileName), Room, logger);

    public int Waiting => _queue.Count;

    public async ValueTask<JournalPlace> WriteAsync(TimelineEvent @event)
    {
        var at = time.GetUtcNow();
        if (Waiting > 0)
        {
            // What waits goes first; order matters more than a moment.
            return Keep(@event, at, attempt: null);
        }

        using var patience = new CancellationTokenSource(Patience, time);
        var attempt = Task.Run(() => timeline.AppendAsync(@event, patience.Token).AsTask());
        try
        {
            await attempt.WaitAsync(Patience, time);
            return JournalPlace.Timeline;
        }
        catch (Exception exception)
        {
            LogKept(@event.Kind, @event.Subject, exception.Message);
            return Keep(@event, at, attempt);
        }
    }

    /// <summary>Writes what waits into the timeline, oldest first, until the timeline refuses.</summary>
    public async Task ReplayAsync(CancellationToken cancellationToken)
    {
        while (_queue.Oldest is { } kept)
        {
            if (kept.Attempt is { IsCompleted: false })
            {
                return;
            }

            try
            {
                if (kept.Attempt is not { IsCompletedSuccessfully: true } && !await IsWrittenAsync(kept.Line, cancellationToken))
                {
                    await timeline.AppendAsync(kept.Line.ToReplay(), cancellationToken);
                }
            }
            catch (StoreUnavailableException)
            {
                return;
            }

            _queue.Forget(kept);
            LogReplayed(kept.Line.Kind, kept.Line.Subject, kept.Line.Stamp);
        }
    }

    public void Dispose() => _queue.Dispose();

    private JournalPlace Keep(TimelineEvent @event, DateTimeOffset at, Task? attempt) =>
        _queue.Keep(JournalLine.Of(EventText.Storable(@event), at), attempt).Place is null ? JournalPlace.Memory : JournalPlace.Journal;

    private async Task<bool> IsWrittenAsync(JournalLine line, CancellationToken cancellationToken)
    {
        var entries = await timeline.ReadAsync(
            new TimelineQuery { Kind = line.Kind, Subject = line.Subject, From = line.JournaledAt.AddSeconds(-5), Limit = 1000 }, cancellationToken);
        return entries.Any(line.IsIn);
    }

    [LoggerMessage(LogLevel.Warning, "The timeline did not take {Kind} of {Subject}; it is kept in the journal: {Problem}")]
    private partial void LogKept(string kind, string subject, string problem);

    [LoggerMessage(LogLevel.Information, "The timeline has {Kind} of {Subject}, journaled at {At}.")]
    private partial void LogReplayed(string kind, string subject, string at);
}
