using OpsConsole.Core;

namespace OpsConsole.Shell.Starting;

/// <summary>Another console keeps its files in this directory.</summary>
internal sealed class DirectoryInUseException(string path) : Exception(
    $"Another console keeps its files in {path}. Give each replica an OpsConsole:DataDirectory of its own; what they share lies in OpsConsole:SharedDirectory.");

/// <summary>
/// Keeps a second console out of a data directory: history, journal and epoch belong to one process. The operating system lets go of it
/// when the process ends, however it ends.
/// </summary>
internal sealed class DataDirectoryLock(DataDirectory directory, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private FileStream? _file;

    /// <summary>Takes it; a console that is just ending is waited for.</summary>
    /// <exception cref="DirectoryInUseException">Another console does not let go of it.</exception>
    public async Task TakeAsync()
    {
        var path = directory.File("console.lock");
        for (var began = time.GetTimestamp(); ; await Task.Delay(Pause, time))
        {
            try
            {
                _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
                return;
            }
            catch (IOException problem) when (IsHeld(problem))
            {
                if (time.GetElapsedTime(began) >= Patience)
                {
                    throw new DirectoryInUseException(directory.Path);
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // Nothing can be written here, so there is nothing to keep apart; what is wrong is said by whoever needs to write.
                return;
            }
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Whether the file is held by somebody, rather than that it cannot be made.</summary>
    private static bool IsHeld(IOException problem)
    {
        const int SharingViolation = unchecked((int)0x80070020);
        const int WouldBlockOnLinux = 11;
        const int WouldBlockOnMac = 35;
        return problem.HResult is SharingViolation or WouldBlockOnLinux or WouldBlockOnMac;
    }
}
