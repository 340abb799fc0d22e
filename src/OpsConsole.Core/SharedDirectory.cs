namespace OpsConsole.Core;

/// <summary>
/// Where the replicas of a console on one machine keep what they share (<c>OpsConsole:SharedDirectory</c>): records, timeline, leases, the
/// keys that sign cookies. A console alone shares with itself: it is its <see cref="DataDirectory"/>.
/// </summary>
/// <param name="Path">A full path; the directory exists.</param>
public sealed record SharedDirectory(string Path)
{
    /// <summary>The full path of a file in it.</summary>
    /// <param name="name">The file's name.</param>
    public string File(string name) => System.IO.Path.Combine(Path, name);
}
