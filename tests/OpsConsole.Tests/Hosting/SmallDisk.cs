using System.Diagnostics;

namespace OpsConsole.Tests.Hosting;

/// <summary>A disk of its own that can really be full: a small file system in memory, mounted under the temporary directory.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly List<FileStream> _fillers = [];

    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Mounts it; skips the test where that is not allowed.</summary>
    /// <param name="kilobytes">Its size.</param>
    public static SmallDisk Mount(int kilobytes)
    {
        var path = Directory.CreateTempSubdirectory("opsconsole-disk-").FullName;
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", path) != 0)
        {
            Directory.Delete(path);
            Assert.Skip("A disk that can really be full is mounted by root on Linux only.");
        }

        return new SmallDisk(path);
    }

    /// <summary>Takes every free byte.</summary>
    public void Fill()
    {
        var filler = new FileStream(
            System.IO.Path.Combine(Path, $"filler-{_fillers.Count}"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        _fillers.Add(filler);
        for (var size = 64 * 1024; size > 0; size /= 4)
        {
            try
            {
                while (true)
                {
                    filler.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // No room for so many bytes; for fewer, perhaps.
            }
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void Free()
    {
        foreach (var filler in _fillers)
        {
            filler.Dispose();
            File.Delete(filler.Name);
        }

        _fillers.Clear();
    }

    public void Dispose()
    {
        Free();
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
