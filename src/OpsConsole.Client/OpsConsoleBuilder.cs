using Microsoft.Extensions.DependencyInjection;

namespace OpsConsole.Client;

/// <summary>Adds further parts to an application that is operated from the console.</summary>
public sealed class OpsConsoleBuilder
{
    internal OpsConsoleBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }
}
