using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;
using OpsConsole.Core;
using OpsConsole.Core.Access;
using OpsConsole.Core.Experiments;
using OpsConsole.Embedded;

namespace OpsConsole.Benchmarks;

/// <summary>From the halt to the proof that the fault is gone at every instance: four agents over real sockets, each with requests that wait in the fault.</summary>
internal static class HaltBenchmark
{
    private const int Agents = 4;
    private const int WaitingEach = 5;
    private const double LimitMs = 250;

    public static async Task<int> RunAsync(string[] args)
    {
        var halts = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 50;
        var directory = Directory.CreateTempSubdirectory("opsconsole-halt-");
        await using var console = await ConsoleAsync(directory.FullName);
        var engine = console.Services.GetRequiredService<IFaultEngine>();
        var instances = await Task.WhenAll(Enumerable.Range(1, Agents).Select(number => InstanceAsync(AddressOf(console), $"shop-{number}")));
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        await UntilAsync(async () => (await engine.TargetsAsync("shop", default)).Count(target => target.Connected) == Agents);

        var proven = new List<double>(halts);
        var released = new List<double>(halts);
        for (var halt = 0; halt < halts; halt++)
        {
            var now = TimeProvider.System.GetUtcNow();
            var run = $"run-{halt}";
            var spec = new FaultSpec { Kind = FaultKind.Latency, Delay = TimeSpan.FromSeconds(30) };
            var faults = Enumerable.Range(1, Agents).Select(number => new PlannedFault($"{run}/{number}", $"shop-{number}", spec)).ToImmutableArray();
            if (await engine.StartAsync(new(run, "shop", faults, now, now.AddMinutes(5)), default) is StartOutcome.Refused refused)
            {
                throw new InvalidOperationException(refused.Problem);
            }

            await UntilAsync(async () => (await engine.ReadAsync(run, default)).All(report => report.Active == true));
            var waiting = instances.SelectMany(instance => Enumerable.Range(0, WaitingEach).Select(_ => http.GetStringAsync(AddressOf(instance)))).ToArray();
            await UntilAsync(async () => (await engine.ReadAsync(run, default)).All(report => report.Injected == WaitingEach));

            var watch = Stopwatch.StartNew();
            await engine.StopAsync(run, default);
            var requests = Task.WhenAll(waiting).ContinueWith(_ => watch.Elapsed.TotalMilliseconds, TaskScheduler.Default);
            var proof = await engine.ProveStoppedAsync(run, TimeSpan.FromSeconds(10), default);
            proven.Add(proof.Gone ? watch.Elapsed.TotalMilliseconds : double.PositiveInfinity);
            released.Add(await requests);
        }

        Console.WriteLine($"halt: {halts} halts, {Agents} agents, {WaitingEach} waiting requests each");
        Console.WriteLine($"  pressed to requests released  p50 {At(released, 0.5):0.0} ms  p99 {At(released, 0.99):0.0} ms  max {released.Max():0.0} ms");
        Console.WriteLine($"  pressed to proven gone        p50 {At(proven, 0.5):0.0} ms  p99 {At(proven, 0.99):0.0} ms  max {proven.Max():0.0} ms  (limit: p99 {LimitMs} ms)");
        foreach (var instance in instances)
        {
            await instance.DisposeAsync();
        }

        directory.Delete(recursive: true);
        return At(proven, 0.99) <= LimitMs ? 0 : 1;
    }

    private static double At(List<double> values, double quantile) =>
        values.Order().ElementAt(Math.Clamp((int)Math.Ceiling(values.Count * quantile) - 1, 0, values.Count - 1));

    private static async Task<WebApplication> ConsoleAsync(string directory)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new DataDirectory(directory));
        builder.Services.AddAuthorizationBuilder().AddPolicy(AccessPolicies.Report, policy => policy.RequireAssertion(_ => true));
        builder.AddLeasedFaults();
        var app = builder.Build();
        app.UseAuthorization();
        app.MapFaultAgents();
        await app.StartAsync();
        return app;
    }

    private static async Task<WebApplication> InstanceAsync(string console, string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddOpsConsole(options =>
        {
            options.Endpoint = new Uri(console);
            options.Service = "shop";
            options.Instance = name;
        }).AddFaultAgent();
        var app = builder.Build();
        app.UseOpsConsoleFaults();
        app.MapGet("/", () => "open");
        await app.StartAsync();
        return app;
    }

    private static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    private static async Task UntilAsync(Func<Task<bool>> reached)
    {
        while (!await reached())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
