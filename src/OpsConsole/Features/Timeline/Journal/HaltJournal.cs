using OpsConsole.Core;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Timeline.Journal;

/// <summary>
/// Keeps the events of halts while the timeline cannot be written: in a file beside the database, and in memory when not even that
/// can be written.
/// </summary>
internal sealed partial class HaltJournal : IHaltJournal, IDisposable
{
    private const int Room = 256 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly ITimeline _timeline;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly LinkedList<Kept> _waiting = [];
    private JournalFile? _file;

    public HaltJournal(ITimeline timeline, DataDirectory directory, TimeProvider time, ILogger<HaltJournal> logger)
    {
        _timeline = timeline;
        _time = time;
        _logger = logger;
        _path = directory.File(JournalFile.FileName);
        lock (_gate)
        {
            OpenFile();
        }
    }

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    public async ValueTask<JournalPlace> WriteAsync(TimelineEvent @event)
    {
        var at = _time.GetUtcNow();
        if (Waiting > 0)
        {
            // What waits goes first; order matters more than a moment.
            return Keep(@event, at, attempt: null);
        }

        using var patience = new CancellationTokenSource(Patience, _time);
        var attempt = Task.Run(() => _timeline.AppendAsync(@event, patience.Token).AsTask());
        try
        {
            await attempt.WaitAsync(Patience, _time);
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
        while (Oldest() is { } kept)
        {
            if (kept.Attempt is { IsCompleted: false })
            {
                return;
            }

            try
            {
                if (kept.Attempt is not { IsCompletedSuccessfully: true } && !await IsWrittenAsync(kept.Line, cancellationToken))
                {
                    await _timeline.AppendAsync(kept.Line.ToEvent(), cancellationToken);
                }
            }
            catch (StoreUnavailableException)
            {
                return;
            }

            Forget(kept);
            LogReplayed(kept.Line.Kind, kept.Line.Subject, kept.Line.Stamp);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
        }
    }

    private JournalPlace Keep(TimelineEvent @event, DateTimeOffset at, Task? attempt)
    {
        lock (_gate)
        {
            var kept = new Kept(JournalLine.Of(EventText.Storable(@event), at), Place: null, attempt);
            try
            {
                if (_file is null)
                {
                    OpenFile();
                }

                if (_file is not null)
                {
                    kept = kept with { Place = _file.Append(kept.Line) };
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                LogMemoryOnly(@event.Kind, @event.Subject, exception.Message);
            }

            _waiting.AddLast(kept);
            return kept.Place is null ? JournalPlace.Memory : JournalPlace.Journal;
        }
    }

    private Kept? Oldest()
    {
        lock (_gate)
        {
            return _waiting.First?.Value;
        }
    }

    private void Forget(Kept kept)
    {
        lock (_gate)
        {
            _waiting.RemoveFirst();
            if (kept.Place is { } place && _file is not null)
            {
                try
                {
                    _file.Forget(place, last: _waiting.Count == 0);
                }
                catch (IOException exception)
                {
                    // It is recognised when it is read again.
                    LogNotForgotten(exception.Message);
                }
            }
        }
    }

    private async Task<bool> IsWrittenAsync(JournalLine line, CancellationToken cancellationToken)
    {
        var entries = await _timeline.ReadAsync(
            new TimelineQuery { Kind = line.Kind, Subject = line.Subject, From = line.JournaledAt.AddSeconds(-5), Limit = 1000 }, cancellationToken);
        return entries.Any(line.IsIn);
    }

    private void OpenFile()
    {
        try
        {
            _file = JournalFile.Open(_path, Room, out var waiting, out var torn);
            foreach (var (line, place) in waiting)
            {
                _waiting.AddLast(new Kept(line, place, Attempt: null));
            }

            if (torn > 0)
            {
                LogTorn(torn);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNoFile(_path, exception.Message);
        }
    }

    private sealed record Kept(JournalLine Line, Range? Place, Task? Attempt);

    [LoggerMessage(LogLevel.Warning, "The timeline did not take {Kind} of {Subject}; it is kept in the journal: {Problem}")]
    private partial void LogKept(string kind, string subject, string problem);

    [LoggerMessage(LogLevel.Information, "The timeline has {Kind} of {Subject}, journaled at {At}.")]
    private partial void LogReplayed(string kind, string subject, string at);

    [LoggerMessage(LogLevel.Error, "{Kind} of {Subject} is kept in memory only, the journal cannot be written: {Problem}")]
    private partial void LogMemoryOnly(string kind, string subject, string problem);

    [LoggerMessage(LogLevel.Warning, "A replayed line stays in the journal: {Problem}")]
    private partial void LogNotForgotten(string problem);

    [LoggerMessage(LogLevel.Warning, "{Count} lines of the journal were cut off and cannot be read.")]
    private partial void LogTorn(int count);

    [LoggerMessage(LogLevel.Error, "The journal {Path} cannot be opened; events of halts are kept in memory while the timeline is gone: {Problem}")]
    private partial void LogNoFile(string path, string problem);
}
