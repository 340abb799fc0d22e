namespace OpsConsole.Core;

/// <summary>The environment that this console operates (<c>OpsConsole:Environment</c>), e.g. <c>production</c>.</summary>
/// <param name="Name">The name, as in <c>deployment.environment.name</c>.</param>
public sealed record ConsoleEnvironment(string Name)
{
    /// <summary>Whether extra care is asked for: typed reasons, production windows.</summary>
    public bool IsProduction => string.Equals(Name, "production", StringComparison.OrdinalIgnoreCase);
}
