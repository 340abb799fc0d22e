namespace OpsConsole.Core.Replicas;

/// <summary>
/// What can be proven about the processes of other replicas without waiting, where they run on the same machine. A witness that knows
/// nothing answers no to every question, which costs time and never safety.
/// </summary>
public interface IReplicaWitness
{
    /// <summary>Whether the process of a replica is proven to have ended. A paused process has not ended.</summary>
    /// <param name="replica">The replica's <see cref="ReplicaIdentity.Id"/>.</param>
    bool HasEnded(string replica);

    /// <summary>Whether it is proven that no other replica lives on this store.</summary>
    bool IsAlone();
}
