using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Client;

/// <summary>What the console may do to this application at most, whatever it orders.</summary>
public sealed class FaultAgentOptions
{
    /// <summary>How many requests and calls may wait in injected delays at once; further ones are not delayed. 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentDelays { get; set; } = 500;

    /// <summary>The longest delay that is injected; a longer one is cut to this. 1 ms to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:05:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Paths of requests that are never touched, so that health checks tell of the application and not of the fault.</summary>
    public IList<string> ExemptPaths { get; } = ["/healthz"];

    /// <summary>Whether the application itself can be slowed down and made to fail. Off for an agent that only acts from outside, as a fleet's does.</summary>
    public bool InjectIntoRequests { get; set; } = true;

    /// <summary>Makes the dice fall the same way every time; for tests.</summary>
    public int? Seed { get; set; }

    internal Dictionary<string, Func<IServiceProvider, FaultEffect, CancellationToken, Task>> Effects { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, Func<IServiceProvider, CancellationToken, Task<string>>> Actions { get; } = new(StringComparer.Ordinal);

    internal HashSet<string> Dependencies { get; } = new(StringComparer.Ordinal);

    internal Func<IServiceProvider, IReadOnlyCollection<string>>? Announce { get; set; }
}

[OptionsValidator]
internal sealed partial class FaultAgentOptionsValidator : IValidateOptions<FaultAgentOptions>;
