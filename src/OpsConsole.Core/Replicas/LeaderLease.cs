using System.Text.Json.Serialization;

namespace OpsConsole.Core.Replicas;

/// <summary>Who leads, as it stands in the shared store. Each renewal is a new version of its cell.</summary>
/// <param name="Owner">The <see cref="ReplicaIdentity.Id"/> of the leader; empty when it has released the lease.</param>
/// <param name="Name">The leader's <see cref="ReplicaIdentity.Name"/>.</param>
/// <param name="Address">Where other replicas reach the leader; <see langword="null"/> until it listens.</param>
/// <param name="Term">The fencing token: it only rises, and with every change of the leader.</param>
/// <param name="TtlMs">How long the lease holds after a renewal, in milliseconds.</param>
/// <param name="Since">When the term began, on the leader's clock; only for people.</param>
/// <param name="Look">The number of the leader's newest look at health.</param>
public sealed record LeaderLease(
    string Owner, string Name, string? Address, long Term, int TtlMs, DateTimeOffset Since, long Look)
{
    /// <summary>The cell in which it lies.</summary>
    public const string CellName = "leader";

    /// <summary>Whether nobody holds it.</summary>
    [JsonIgnore]
    public bool IsReleased => Owner.Length == 0;

    /// <summary>How long the lease holds after a renewal.</summary>
    [JsonIgnore]
    public TimeSpan Ttl => TimeSpan.FromMilliseconds(TtlMs);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LeaderLease))]
internal sealed partial class LeaseJson : JsonSerializerContext;
