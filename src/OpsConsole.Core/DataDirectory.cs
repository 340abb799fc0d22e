namespace OpsConsole.Core;

/// <summary>Where the console keeps its files (<c>OpsConsole:DataDirectory</c>).</summary>
/// <param name="Path">A full path; the directory exists.</param>
public sealed record DataDirectory(string Path)
{
    /// <summary>The full path of a file in it.</summary>
    /// <param name="name">The file's name.</param>
    public string File(string name) => System.IO.Path.Combine(Path, name);
}
