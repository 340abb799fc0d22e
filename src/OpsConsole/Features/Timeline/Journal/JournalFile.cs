using System.Text.Json;

namespace OpsConsole.Features.Timeline.Journal;

/// <summary>
/// Lines of JSON in a file whose room is allocated beforehand, so that a line can be written when the disk is full. Empty lines
/// are room that is free.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    private const byte Free = (byte)'\n';

    private readonly FileStream _stream;
    private long _end;

    private JournalFile(FileStream stream) => _stream = stream;

    /// <summary>Opens the file and reads what waits in it.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="room">How many bytes are allocated.</param>
    /// <param name="waiting">The lines and their places, oldest first.</param>
    /// <param name="torn">How many lines cannot be read: their writer was cut off.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static JournalFile Open(string path, int room, out List<(JournalLine Line, Range Place)> waiting, out int torn)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        try
        {
            var file = new JournalFile(stream);
            (waiting, torn) = file.Read();
            file.Allocate(room);
            return file;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes a line; it is on disk when this returns.</summary>
    public Range Append(JournalLine line)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(line, JournalJson.Default.JournalLine);
        var start = _end;
        // The line break goes before the line too: whatever was torn there stays a line of its own.
        _stream.Position = start;
        _stream.Write([Free, .. json, Free]);
        _stream.Flush(flushToDisk: true);
        _end = start + json.Length + 1;
        return (int)start..(int)_end;
    }

    /// <summary>Makes a line's place free again, in place.</summary>
    public void Forget(Range place, bool last)
    {
        var (start, length) = place.GetOffsetAndLength((int)_stream.Length);
        var free = new byte[length];
        Array.Fill(free, Free);
        _stream.Position = start;
        _stream.Write(free);
        _stream.Flush(flushToDisk: true);
        if (last)
        {
            _end = 0;
        }
    }

    public void Dispose() => _stream.Dispose();

    private (List<(JournalLine Line, Range Place)> Waiting, int Torn) Read()
    {
        var bytes = new byte[_stream.Length];
        _stream.ReadExactly(bytes);
        List<(JournalLine, Range)> waiting = [];
        var torn = 0;
        for (var start = 0; start < bytes.Length;)
        {
            var length = bytes.AsSpan(start).IndexOf(Free);
            length = length < 0 ? bytes.Length - start : length;
            if (length > 0)
            {
                _end = start + length + 1;
                if (Parse(bytes.AsSpan(start, length)) is { } line)
                {
                    waiting.Add((line, start..(start + length)));
                }
                else
                {
                    torn++;
                }
            }

            start += length + 1;
        }

        return (waiting, torn);
    }

    private static JournalLine? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, JournalJson.Default.JournalLine) is { Actor: not null, Kind: not null, Subject: not null, Reason: not null, Data: not null } line
                ? line
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Allocate(int room)
    {
        if (_stream.Length < room)
        {
            var free = new byte[room - _stream.Length];
            Array.Fill(free, Free);
            _stream.Position = _stream.Length;
            _stream.Write(free);
            _stream.Flush(flushToDisk: true);
        }
    }
}
