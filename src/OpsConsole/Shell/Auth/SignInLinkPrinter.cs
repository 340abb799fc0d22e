using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace OpsConsole.Shell.Auth;

/// <summary>
/// Prints the one-time link where the console runs: whoever reads that terminal may sign in. It goes to standard output and
/// not to the log, because logs are collected and kept.
/// </summary>
internal sealed class SignInLinkPrinter(SignInLinks links, IServer server, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Print);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Print()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://127.0.0.1:5080";
        Console.Out.WriteLine($"OpsConsole: sign in once with {Reachable(address)}/signin?t={links.Token}");
    }

    /// <summary>The address as a browser on this machine can open it.</summary>
    private static string Reachable(string address) =>
        address.Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://+", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://*", "://127.0.0.1", StringComparison.Ordinal)
            .TrimEnd('/');
}
