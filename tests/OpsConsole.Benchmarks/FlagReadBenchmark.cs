using System.Collections.Frozen;
using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
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
    private const int WarmUp = 30, Rounds = 101;

    private const string Answer = """
        {"flags":[
          {"key":"plain","value":true,"metadata":{"opsconsole.enabled":true,"opsconsole.gated":false,"opsconsole.gateOpen":true}},
          {"key":"gated","value":true,"metadata":{"opsconsole.enabled":true,"opsconsole.gated":true,"opsconsole.gateOpen":true}},
          {"key":"split","value":true,"metadata":{"opsconsole.enabled":true,"opsconsole.gated":true,"opsconsole.gateOpen":true,"opsconsole.percentage":50}}
          FILL
        ],"metadata":{"version":1,"leaseSeconds":60}}
        """;

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

        var keys = Enumerable.Range(0, 97).Select(i => $"flag-{i}").Concat(["plain", "gated", "split"]);
        var manager = FeatureManager();
        var byKey = new Lane<ByKey>("by key", 20, new(flags, "plain"));
        var byShare = new Lane<ByShare>("by key, percentage and gate", 50, new(flags, "split"));
        var theirs = new Lane<Theirs>("Microsoft.FeatureManagement", null, new(manager, "plain"), 20_000);
        var theirShare = new Lane<Theirs>("Microsoft.FeatureManagement, percentage", null, new(manager, "split"), 10_000);
        ILane[] lanes =
        [
            byKey,
            new Lane<ByKey>("by key, gated", 50, new(flags, "gated")),
            byShare,
            new Lane<ByHandle>("by handle", 8, new(flags.Handle("plain"))),
            new Lane<ByHandle>("by handle, gated", 50, new(flags.Handle("gated"))),
            new Lane<ByHandleAndShare>("by handle, percentage and gate", 50, new(flags.Handle("split"))),
            new Lane<Dictionary>("a frozen dictionary alone", null, new(keys.ToFrozenDictionary(key => key, _ => true, StringComparer.Ordinal))),
            theirs,
            theirShare,
        ];

        // The rounds are short and take turns, so that what others do on the machine meets all of them alike.
        for (var round = 0; round < WarmUp + Rounds; round++)
        {
            foreach (var lane in lanes)
            {
                lane.Run(counts: round >= WarmUp);
            }
        }

        Console.WriteLine($"a flag read, 100 flags, {Rounds} rounds: the middle and the least");
        foreach (var lane in lanes)
        {
            Console.WriteLine(lane.ToString());
        }

        Console.WriteLine($"ratio: plain {byKey.Middle / theirs.Middle:P1}, percentage {byShare.Middle / theirShare.Middle:P1}");
        await app.StopAsync();
        return 0;
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

    private interface IRead
    {
        bool Read();
    }

    private interface ILane
    {
        void Run(bool counts);
    }

    private readonly struct ByKey(IFlags flags, string key) : IRead
    {
        public bool Read() => flags.IsEnabled(key);
    }

    private readonly struct ByShare(IFlags flags, string key) : IRead
    {
        public bool Read() => flags.IsEnabled(key, "customer-4711");
    }

    private readonly struct ByHandle(FlagHandle handle) : IRead
    {
        public bool Read() => handle.IsEnabled();
    }

    private readonly struct ByHandleAndShare(FlagHandle handle) : IRead
    {
        public bool Read() => handle.IsEnabled("customer-4711");
    }

    private readonly struct Dictionary(FrozenDictionary<string, bool> flags) : IRead
    {
        public bool Read() => flags.TryGetValue("plain", out var on) && on;
    }

    private readonly struct Theirs(IFeatureManager manager, string key) : IRead
    {
        public bool Read() => manager.IsEnabledAsync(key).GetAwaiter().GetResult();
    }

    /// <summary>One kind of read, compiled by itself: no delegate stands between the loop and the read.</summary>
    private sealed class Lane<T>(string name, double? most, T read, int reads = 100_000) : ILane
        where T : struct, IRead
    {
        private readonly List<double> _rounds = new(Rounds);
        private long _bytes;
        private bool _sink;

        public double Middle => _rounds.Order().ElementAt(_rounds.Count / 2);

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run(bool counts)
        {
            var (before, start, on) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp(), false);
            for (var i = 0; i < reads; i++)
            {
                on ^= read.Read();
            }

            var time = Stopwatch.GetElapsedTime(start);
            _sink ^= on;
            if (counts)
            {
                _bytes += GC.GetAllocatedBytesForCurrentThread() - before;
                _rounds.Add(time.TotalNanoseconds / reads);
            }
        }

        public override string ToString()
        {
            var bytes = _bytes / ((double)reads * _rounds.Count);
            var verdict = most is null ? "" : Middle <= most && bytes < 0.5 ? $"  ≤ {most} ns, 0 B: yes" : $"  ≤ {most} ns, 0 B: NO";
            return $"  {name,-40} {Middle,7:0.0} ns {_rounds.Min(),7:0.0} ns {bytes,5:0} B{verdict}";
        }
    }
}
