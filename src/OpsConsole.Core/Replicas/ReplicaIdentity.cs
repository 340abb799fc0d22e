namespace OpsConsole.Core.Replicas;

/// <summary>Who this process is among the replicas of the console.</summary>
/// <param name="Id">Unique for each process that ever ran; only letters, digits, dots and dashes.</param>
/// <param name="Name">How people call it (<c>OpsConsole:Replicas:Name</c>, by default the machine's name).</param>
public sealed record ReplicaIdentity(string Id, string Name)
{
    /// <summary>An identity for a process that begins.</summary>
    /// <param name="name">How people call it.</param>
    /// <param name="time">The clock.</param>
    public static ReplicaIdentity Create(string name, TimeProvider time)
    {
        var clean = new string([.. name.Take(40).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' ? letter : '-')]);
        return new($"{clean}-{Guid.CreateVersion7(time.GetUtcNow()).ToString("N")[^10..]}", name);
    }
}
