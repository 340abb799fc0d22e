using System.Collections.Immutable;

namespace OpsConsole.Features.Timeline.Journal;

/// <summary>A line that waits to be written into the store.</summary>
/// <param name="Line">The line.</param>
/// <param name="Place">Where it stands in the file; <see langword="null"/> if it is in memory only.</param>
/// <param name="Attempt">The write that its keeper has stopped waiting for, if there was one.</param>
internal sealed record KeptLine(JournalLine Line, Range? Place, Task? Attempt);

/// <summary>The lines that wait, oldest first: in a file beside the store, and in memory where not even that can be written. Safe for several threads.</summary>
internal sealed partial class JournalQueue : IDisposable
{
    private readonly string _path;
    private readonly int _room;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly LinkedList<KeptLine> _waiting = [];
    private JournalFile? _file;

    /// <summary>Opens the file and takes over what waits in it.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="room">How many bytes are allocated beforehand.</param>
    /// <param name="logger">Hears of what the disk does.</param>
    public JournalQueue(string path, int room, ILogger logger)
    {
        _path = path;
        _room = room;
        _logger = logger;
        lock (_gate)
        {
            OpenFile();
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    public KeptLine? Oldest
    {
        get
        {
            lock (_gate)
            {
                return _waiting.First?.Value;
            }
        }
    }

    public ImmutableArray<KeptLine> Waiting
    {
        get
        {
            lock (_gate)
            {
                return [.. _waiting];
            }
        }
    }

    /// <summary>Adds a line; it is on disk when this returns, if its place says so.</summary>
    public KeptLine Keep(JournalLine line, Task? attempt)
    {
        lock (_gate)
        {
            var kept = new KeptLine(line, Place: null, attempt);
            try
            {
                if (_file is null)
                {
                    OpenFile();
                }

                if (_file is not null)
                {
                    kept = kept with { Place = _file.Append(line) };
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                LogMemoryOnly(line.Kind, line.Subject, exception.Message);
            }

            _waiting.AddLast(kept);
            return kept;
        }
    }

    public void Forget(KeptLine kept)
    {
        lock (_gate)
        {
            if (!_waiting.Remove(kept) || kept.Place is not { } place || _file is null)
            {
                return;
            }

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

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
        }
    }

    private void OpenFile()
    {
        try
        {
            _file = JournalFile.Open(_path, _room, out var waiting, out var torn);
            foreach (var (line, place) in waiting)
            {
                _waiting.AddLast(new KeptLine(line, place, Attempt: null));
            }

            if (torn > 0)
            {
                LogTorn(_path, torn);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNoFile(_path, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Kind} of {Subject} is kept in memory only, the journal cannot be written: {Problem}")]
    private partial void LogMemoryOnly(string kind, string subject, string problem);

    [LoggerMessage(LogLevel.Warning, "A line that is in the store stays in the journal: {Problem}")]
    private partial void LogNotForgotten(string problem);

    [LoggerMessage(LogLevel.Warning, "{Count} lines of {Path} were cut off and cannot be read.")]
    private partial void LogTorn(string path, int count);

    [LoggerMessage(LogLevel.Error, "The journal {Path} cannot be opened; what goes ahead of the store is kept in memory only: {Problem}")]
    private partial void LogNoFile(string path, string problem);
}
