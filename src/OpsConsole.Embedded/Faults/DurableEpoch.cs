using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using OpsConsole.Core;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Embedded.Faults;

/// <summary>
/// A number that only rises: with every start of a console, with every change of the leader and with every stop of everything. Agents refuse
/// orders of a lower one. It begins with the leader's term, so that whatever an earlier leader has still under way counts no more. It is kept
/// in eight bytes that are overwritten in place, which works on a full disk, and it is never below the time in milliseconds, so that it rises
/// even if the file was lost.
/// </summary>
internal sealed partial class DurableEpoch : IDisposable
{
    /// <summary>How many bits a term leaves for the stops of everything within it.</summary>
    private const int BitsOfTerm = 20;

    private readonly Lock _writing = new();
    private readonly Leadership _leadership;
    private readonly string _path;
    private readonly ILogger<DurableEpoch> _logger;
    private long _current;
    private long _written;
    private Task _writer = Task.CompletedTask;

    public DurableEpoch(DataDirectory directory, Leadership leadership, TimeProvider time, ILogger<DurableEpoch> logger)
    {
        _leadership = leadership;
        _path = directory.File("fault-epoch");
        _logger = logger;
        _current = Math.Max(Read() + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
        Keep();
    }

    public long Current => Math.Max(Volatile.Read(ref _current), _leadership.HighestTerm << BitsOfTerm);

    /// <summary>Raises it at once; the disk follows behind, because a halt waits for no disk.</summary>
    public long Raise()
    {
        long raised;
        lock (_writing)
        {
            raised = Current + 1;
            Volatile.Write(ref _current, raised);
            _writer = _writer.ContinueWith(_ => Keep(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return raised;
    }

    public void Dispose()
    {
        lock (_writing)
        {
            _writer.Wait(TimeSpan.FromSeconds(2));
        }
    }

    private long Read()
    {
        try
        {
            var bytes = File.ReadAllBytes(_path);
            return bytes.Length < sizeof(long) ? 0 : Math.Max(0, BinaryPrimitives.ReadInt64LittleEndian(bytes));
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRead(e, _path);
            return 0;
        }
    }

    private void Keep()
    {
        var value = Current;
        if (value <= _written)
        {
            return;
        }

        try
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            using var file = File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.Write(file, bytes, 0);
            RandomAccess.FlushToDisk(file);
            _written = value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotKept(e, value, _path);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The fault epoch could not be read from {Path}; it starts from the clock.")]
    private partial void LogNotRead(Exception exception, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "The fault epoch {Epoch} could not be kept in {Path}; it holds until this console ends.")]
    private partial void LogNotKept(Exception exception, long epoch, string path);
}
