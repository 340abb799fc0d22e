using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Shell.Auth;

/// <summary>
/// Prints the one-time link where the console runs: whoever reads that terminal may sign in. It goes to standard output and
/// not to the log, because logs are collected and kept.
/// </summary>
internal sealed class SignInLinkPrinter(
    SignInLinks links, IServer server, IHostApplicationLifetime lifetime, Leadership leadership, ReplicaFeed replicas, TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _goneSince = new(StringComparer.Ordinal);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Print);
        return base.StartAsync(cancellationToken);
    }

    public void Print()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://127.0.0.1:5080";
        Console.Out.WriteLine($"OpsConsole: sign in once with {Reachable(address)}/signin?t={links.Token}");
    }

    /// <summary>Shares the link with the other replicas while there are any.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var tidied = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (!replicas.IsAlone && await links.ShareAsync(stoppingToken))
                {
                    Print();
                }

                if (leadership.IsLeader && time.GetElapsedTime(tidied) >= TidyEvery)
                {
                    tidied = time.GetTimestamp();
                    await links.TidyAsync(IsLongGone, stoppingToken);
                }
            }
            catch (StoreUnavailableException)
            {
                // It is tried again; until then the link is good at this replica alone.
            }
        }
    }

    private bool IsLongGone(string replica) =>
        !_goneSince.TryAdd(replica, time.GetTimestamp()) && time.GetElapsedTime(_goneSince[replica]) >= TidyEvery;

    /// <summary>The address as a browser on this machine can open it.</summary>
    private static string Reachable(string address) =>
        address.Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://+", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://*", "://127.0.0.1", StringComparison.Ordinal)
            .TrimEnd('/');
}
