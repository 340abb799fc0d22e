namespace OpsConsole.Core.Replicas;

/// <summary>Marks an endpoint that only the leader can serve; the other replicas pass its requests on to the leader.</summary>
public sealed class ServedByLeader
{
    /// <summary>The mark.</summary>
    public static ServedByLeader Instance { get; } = new();

    private ServedByLeader()
    {
    }
}
