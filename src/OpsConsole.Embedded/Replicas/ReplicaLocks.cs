using Microsoft.Extensions.Logging;
using OpsConsole.Core;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Embedded.Replicas;

/// <summary>
/// Each replica holds the lock of a file of its own for as long as its process lives; the operating system lets go of it in the moment in
/// which the process ends, however it ends. So a console that was killed and is started again need not wait for its own old lease.
/// </summary>
/// <remarks>A file that cannot be locked here is held by a living process. A file that is missing proves nothing.</remarks>
internal sealed partial class ReplicaLocks : IReplicaWitness, IDisposable
{
    private const string Extension = ".lock";

    private readonly string _directory;
    private readonly string _own;
    private readonly ILogger<ReplicaLocks> _logger;
    private FileStream? _lock;

    public ReplicaLocks(SharedDirectory directory, ReplicaIdentity self, ILogger<ReplicaLocks> logger)
    {
        _directory = directory.File("replicas");
        _own = FileOf(self.Id);
        _logger = logger;
        try
        {
            Directory.CreateDirectory(_directory);
            _lock = Hold(_own);
            if (TryLock(_own))
            {
                // Locks mean nothing on this file system, so nothing can be proven by them.
                LogNoLocks(_directory);
                Dispose();
            }
            else
            {
                Tidy();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotHeld(_own, exception.Message);
        }
    }

    public bool HasEnded(string replica) => _lock is not null && TryLock(FileOf(replica));

    public bool IsAlone()
    {
        if (_lock is null)
        {
            return false;
        }

        try
        {
            return File.Exists(_own) && Directory.EnumerateFiles(_directory, "*" + Extension).All(path => path == _own || TryLock(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _lock?.Dispose();
        _lock = null;
    }

    private static FileStream Hold(string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (attempt < 10)
            {
                // Another replica may be trying it in this very moment.
                Thread.Yield();
            }
        }
    }

    private string FileOf(string replica) => Path.Combine(_directory, replica + Extension);

    /// <summary>Whether the file is there and nobody holds it.</summary>
    private static bool TryLock(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Removes what killed replicas left behind, but the newest of it, which proves that the last leader has ended.</summary>
    private void Tidy()
    {
        var left = new DirectoryInfo(_directory).EnumerateFiles("*" + Extension).OrderByDescending(file => file.LastWriteTimeUtc).Skip(16);
        foreach (var file in left.Where(file => file.FullName != _own && TryLock(file.FullName)))
        {
            file.Delete();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Files cannot be locked in {Directory}: after a crash the console waits until its old lease is over.")]
    private partial void LogNoLocks(string directory);

    [LoggerMessage(LogLevel.Warning, "{Path} cannot be held, so after a crash the console waits until its old lease is over: {Problem}")]
    private partial void LogNotHeld(string path, string problem);
}
