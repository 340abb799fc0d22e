using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using OpsConsole.Client;

namespace OpsConsole.Benchmarks;

/// <summary>What a flag read costs an application: from the client's snapshot, beside Microsoft.FeatureManagement in the same run.</summary>
internal static class FlagReadBenchmark
{
    private const int Rounds = 9;

    private const string Answer = """
        {"flags":[
          {"key":"plain","value":true,"metadata":{"opsconsole.enabled":true,"opsconsole.gated":false,"opsconsole.gateOpen":true}},
          {"key":"gated","value":true,"metadata":{"opsconsole.enabled":true,"opsconsole.gated":true,"opsconsole.gateOpen":true}},
          {"key":"split","value":true,"metadata":{"opsconsole.enabled":true,"opsconsole.gated":true,"opsconsole.gateOpen":true,"opsconsole.percentage":50}}
          FILL
        ],"metadata":{"version":1,"leaseSeconds":60}}
        """;

    private static bool _sink;

    public static async Task<int> RunAsync(string[] args)
    {
        _ = args;
        await using var console = await ServeAsync();
        using var app = await StartAsync(new Uri(console.Urls.First()));
        var flags = app.Services.GetRequiredService<IFlags>();
        if (!await flags.IsEnabledAsync("plain") || !flags.IsEnabled("gated"))
        {
            await Console.Error.WriteLineAsync("The client has not read the flags.");
            return 1;
        }

        var (plain, gated, split) = (flags.Handle("plain"), flags.Handle("gated"), flags.Handle("split"));
        Console.WriteLine("OpsConsole.Client, 100 flags");
        var byKey = Measure("by key", 20, 5_000_000, () => flags.IsEnabled("plain"));
        Measure("by key, gated", 50, 5_000_000, () => flags.IsEnabled("gated"));
        var byShare = Measure("by key, percentage and gate", 50, 5_000_000, () => flags.IsEnabled("split", "customer-4711"));
        Measure("by handle", 8, 5_000_000, plain.IsEnabled);
        Measure("by handle, gated", 50, 5_000_000, gated.IsEnabled);
        Measure("by handle, percentage and gate", 50, 5_000_000, () => split.IsEnabled("customer-4711"));

        Console.WriteLine("Microsoft.FeatureManagement, 100 flags");
        var manager = FeatureManager();
        var theirs = Measure("plain", null, 500_000, () => manager.IsEnabledAsync("plain").GetAwaiter().GetResult());
        var theirShare = Measure("percentage", null, 200_000, () => manager.IsEnabledAsync("split").GetAwaiter().GetResult());
        Console.WriteLine($"ratio: plain {byKey / theirs:P1}, percentage {byShare / theirShare:P1}");
        await app.StopAsync();
        return 0;
    }

    /// <summary>The median of several rounds, and what one read allocates.</summary>
    private static double Measure(string name, double? most, int reads, Func<bool> read)
    {
        var rounds = new double[Rounds];
        for (var i = 0; i < reads / 10; i++)
        {
            _sink ^= read();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < reads; i++)
            {
                _sink ^= read();
            }

            rounds[round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / reads;
        }

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / ((double)reads * Rounds);
        Array.Sort(rounds);
        var median = rounds[Rounds / 2];
        var verdict = most is null ? "" : median <= most && bytes < 1 ? $"  ≤ {most} ns: yes" : $"  ≤ {most} ns: NO";
        Console.WriteLine($"  {name,-34} {median,8:0.0} ns {bytes,6:0} B{verdict}");
        return median;
    }

    private static async Task<WebApplication> ServeAsync()
    {
        var fill = string.Concat(Enumerable.Range(0, 97).Select(i =>
            $$$""",{"key":"flag-{{{i}}}","value":true,"metadata":{"opsconsole.enabled":true,"opsconsole.gated":false}}"""));
        var body = Answer.Replace("FILL", fill, StringComparison.Ordinal);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{IPAddress.Loopback}:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body);
        });
        await app.StartAsync();
        return app;
    }

    private static async Task<IHost> StartAsync(Uri console)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOpsConsole(options => (options.Endpoint, options.Service) = (console, "benchmark"));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static IFeatureManager FeatureManager()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["FeatureManagement:plain"] = "true",
            ["FeatureManagement:split:EnabledFor:0:Name"] = "Microsoft.Percentage",
            ["FeatureManagement:split:EnabledFor:0:Parameters:Value"] = "50",
        };
        for (var i = 0; i < 98; i++)
        {
            settings[$"FeatureManagement:flag-{i}"] = "true";
        }

        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddFeatureManagement().AddFeatureFilter<PercentageFilter>();
        return services.BuildServiceProvider().GetRequiredService<IFeatureManager>();
    }
}
