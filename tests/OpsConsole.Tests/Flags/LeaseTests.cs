using System.Diagnostics;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;
using OpsConsole.Tests.Faults;
using OpsConsole.Tests.Storefront;

namespace OpsConsole.Tests.Flags;

/// <summary>A permission of health ends on time, whatever the application goes through.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_permission_ends_on_time_when_no_timer_comes_to_its_turn()
    {
        await using var console = await GatedFlag.StartAsync();
        var clock = new StarvedClock();
        using var app = await StartAsync(console, clock);
        var flags = app.Services.GetRequiredService<IFlags>();
        var handle = flags.Handle(GatedFlag.Key);
        Assert.True(await flags.IsEnabledAsync(GatedFlag.Key, cancellationToken: Cancel));

        clock.Pass(Lease - TimeSpan.FromMilliseconds(1));
        Assert.True(flags.IsEnabled(GatedFlag.Key) && flags.IsEnabled(GatedFlag.Key, "somebody") && handle.IsEnabled());
        clock.Pass(TimeSpan.FromMilliseconds(1));
        Assert.False(flags.IsEnabled(GatedFlag.Key));
        Assert.False(flags.IsEnabled(GatedFlag.Key, "somebody"));
        Assert.False(await flags.IsEnabledAsync(GatedFlag.Key, new("somebody"), Cancel));
        Assert.False(handle.IsEnabled());
        Assert.False(handle.IsEnabled("somebody"));
        Assert.Equal(TimeSpan.Zero, flags.Status.LeaseRemaining);
    }

    [Fact]
    public async Task A_permission_counts_from_when_it_was_asked_for()
    {
        var clock = new StarvedClock();
        await using var console = await GatedFlag.StartAsync();
        console.Answering = () => clock.Pass(Lease / 4);
        using var app = await StartAsync(console, clock);
        var flags = app.Services.GetRequiredService<IFlags>();
        Assert.True(await flags.IsEnabledAsync(GatedFlag.Key, cancellationToken: Cancel));
        Assert.Equal(Lease * 3 / 4, flags.Status.LeaseRemaining);
    }

    [Fact]
    public async Task A_permission_lasts_a_minute_at_most()
    {
        await using var console = await GatedFlag.StartAsync();
        console.Granted = TimeSpan.FromDays(1);
        using var app = await StartAsync(console, new StarvedClock());
        var flags = app.Services.GetRequiredService<IFlags>();
        Assert.True(await flags.IsEnabledAsync(GatedFlag.Key, cancellationToken: Cancel));
        Assert.Equal(TimeSpan.FromMinutes(1), flags.Status.LeaseRemaining);
    }

    [Fact]
    public async Task A_sign_of_life_renews_the_permission_and_one_of_other_flags_has_them_fetched()
    {
        await using var console = await GatedFlag.StartAsync();
        console.Lives = Channel.CreateUnbounded<int>();
        var clock = new StarvedClock();
        using var app = await StartAsync(console, clock);
        var flags = app.Services.GetRequiredService<IFlags>();
        Assert.True(await flags.IsEnabledAsync(GatedFlag.Key, cancellationToken: Cancel));

        clock.Pass(Lease);
        console.Lives.Writer.TryWrite(GatedFlag.Version);
        await FlagConsole.EventuallyAsync(() => Task.FromResult(flags.Status.LeaseRemaining == Lease));
        Assert.Equal(1, console.Asked);
        console.Lives.Writer.TryWrite(GatedFlag.Version + 1);
        await FlagConsole.EventuallyAsync(() => Task.FromResult(console.Asked == 2));
    }

    [Fact]
    public async Task A_permission_that_ran_out_while_the_process_was_frozen_is_over_for_the_first_request_after_it()
    {
        await using var console = await GatedFlag.StartAsync();
        await using var shop = Shop.Start(console.Address);
        await Orders.UntilAsync(shop.IsServedAsync, served => served);

        await shop.SignalAsync("STOP");
        console.Silent = true;
        var asked = shop.IsServedAsync();
        await Task.Delay(Lease, TimeProvider.System, Cancel);
        Assert.False(asked.IsCompleted, "The process was not frozen.");
        await shop.SignalAsync("CONT");

        Assert.False(await asked);
    }

    private static async Task<IHost> StartAsync(GatedFlag console, StarvedClock clock)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddOpsConsole(options => (options.Endpoint, options.Service) = (console.Address, "shop"));
        var app = builder.Build();
        await app.StartAsync(Cancel);
        return app;
    }

    /// <summary>A console that serves one flag because health allows it, and that can fall silent.</summary>
    private sealed class GatedFlag : IAsyncDisposable
    {
        public const string Key = "ml-recommendations";
        public const int Version = 1;
        private readonly WebApplication _app;
        private int _asked;

        private GatedFlag()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.MapPost("/ofrep/v1/evaluate/flags", Answer);
            _app.MapGet("/lives", (CancellationToken gone) => TypedResults.ServerSentEvents(
                Lives!.Reader.ReadAllAsync(gone).Select(version => new SseItem<string>($$"""{"version":{{version}}}""", "lease"))));
        }

        /// <summary>What is done while an application waits for its answer.</summary>
        public Action? Answering { get; set; }

        /// <summary>For how long it lets the flag be served.</summary>
        public TimeSpan Granted { get; set; } = Lease;

        /// <summary>Set: it streams these versions as signs of life.</summary>
        public Channel<int>? Lives { get; set; }

        public int Asked => Volatile.Read(ref _asked);

        public bool Silent { get; set; }

        public Uri Address => new(_app.Urls.Single());

        public static async Task<GatedFlag> StartAsync()
        {
            var console = new GatedFlag();
            await console._app.StartAsync(Cancel);
            return console;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private IResult Answer()
        {
            Interlocked.Increment(ref _asked);
            Answering?.Invoke();
            return Silent
                ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable)
                : Results.Text(
                    $$$"""
                    {"flags":[{"key":"{{{Key}}}","value":true,"metadata":{"opsconsole.enabled":true,"opsconsole.gated":true,"opsconsole.gateOpen":true}}],
                     "metadata":{"version":{{{Version}}},"leaseSeconds":{{{Granted.TotalSeconds}}}},
                     "eventStreams":[{{{(Lives is null ? "" : """{"type":"sse","endpoint":{"requestUri":"/lives"}}""")}}}]}
                    """,
                    "application/json");
        }
    }

    /// <summary>An instance of the Storefront as a process of its own, without anything that it depends on.</summary>
    private sealed class Shop : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly HttpClient _http;

        private Shop(Uri console)
        {
            _http = new() { BaseAddress = new($"http://127.0.0.1:{StorefrontProcess.FreePort()}"), Timeout = TimeSpan.FromSeconds(30) };
            var nowhere = string.Join(';', new[] { "ml-model", "pricing", "inventory", "orders-db" }.Select(name => name + "=http://127.0.0.1:1"));
            _process = Process.Start(new ProcessStartInfo(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "storefront", "Storefront.dll"), "--role", "instance", "--urls", _http.BaseAddress.ToString(),
                    "--console", console.ToString(), "--dependencies", nowhere, "--exit-with-parent",
                ])
            { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
            _process.BeginOutputReadLine();
        }

        public static Shop Start(Uri console) => new(console);

        /// <summary>Whether its flag is served: only then is the model asked, which fails here.</summary>
        public async Task<bool> IsServedAsync()
        {
            try
            {
                using var answer = JsonDocument.Parse(await _http.GetStringAsync("/products/u/recommendations", Cancel));
                return answer.RootElement.GetProperty("source").GetString() != "popular";
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }

        public async Task SignalAsync(string signal)
        {
            using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync(Cancel);
            Assert.Equal(0, kill.ExitCode);
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
            _http.Dispose();
        }
    }

    /// <summary>Its time passes, and none of its timers ever fires.</summary>
    private sealed class StarvedClock : TimeProvider
    {
        private long _now = TimeSpan.TicksPerHour;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public void Pass(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
