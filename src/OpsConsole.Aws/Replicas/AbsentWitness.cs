using OpsConsole.Core.Replicas;

namespace OpsConsole.Aws.Replicas;

/// <summary>Replicas on AWS run on machines of their own, so nothing can be proven about their processes: a lease is waited for.</summary>
internal sealed class AbsentWitness : IReplicaWitness
{
    public bool HasEnded(string replica) => false;

    public bool IsAlone() => false;
}
