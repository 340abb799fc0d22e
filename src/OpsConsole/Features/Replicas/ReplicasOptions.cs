using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Features.Replicas;

/// <summary>Settings of more than one replica (<c>OpsConsole:Replicas</c>).</summary>
internal sealed class ReplicasOptions
{
    public const string Section = "OpsConsole:Replicas";

    /// <summary>How people call this replica; by default the machine's name.</summary>
    [StringLength(80, MinimumLength = 1)]
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>Where other replicas reach this one, e.g. <c>http://10.0.3.17:8080</c>; by default the address on which it listens.</summary>
    public Uri? Address { get; init; }

    /// <summary>How long the leader's lease holds after a renewal; 2 to 8. A leader that dies is followed by another after about so long.</summary>
    [Range(2.0, 8.0)]
    public double LeaseSeconds { get; init; } = 5;

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);
}

[OptionsValidator]
internal sealed partial class ReplicasOptionsValidator : IValidateOptions<ReplicasOptions>;
