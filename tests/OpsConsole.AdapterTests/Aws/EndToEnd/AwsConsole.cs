using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.AdapterTests.Records;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Aws.Health;
using OpsConsole.Core.Health;
using OpsConsole.Core.Replicas;
using OpsConsole.Features.Replicas;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.AdapterTests.Aws.EndToEnd;

/// <summary>
/// The whole console with the AWS backend: records in dynalite, everything else in the scripted services, all at one address. Its clock, which is
/// also that of the scripted services, moves when the test says so, second by second.
/// </summary>
internal sealed class AwsConsole : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DynamoPlace _place;
    private readonly DynamoProxy _proxy;

    private AwsConsole(FakeTimeProvider time, ScriptedAws aws, DynamoPlace place, DynamoProxy proxy, ConsoleHost host)
    {
        (Time, Aws, _place, _proxy, Host) = (time, aws, place, proxy, host);
        Http = host.Client();
    }

    public FakeTimeProvider Time { get; }

    /// <summary>CloudWatch, FIS and Systems Manager.</summary>
    public ScriptedAws Aws { get; }

    /// <summary>The tables, for whoever is not the console.</summary>
    public DynamoPlace Tables => _place;

    /// <summary>What becomes of requests to DynamoDB.</summary>
    public DynamoProxy Dynamo => _proxy;

    public ConsoleHost Host { get; }

    /// <summary>Whether CloudWatch does not answer, so that answers are not waited for.</summary>
    public bool HoldsCloudWatch { get; set; }

    /// <summary>An operator.</summary>
    public HttpClient Http { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Starts it, at noon.</summary>
    /// <param name="server">The DynamoDB.</param>
    /// <param name="settings">Settings beside the usual ones.</param>
    public static Task<AwsConsole> StartAsync(DynaliteServer server, params (string Name, string Value)[] settings) =>
        StartAsync(server, prepare: null, settings);

    /// <summary>Starts it, at noon.</summary>
    /// <param name="server">The DynamoDB.</param>
    /// <param name="prepare">What is there, or goes wrong, before the console starts.</param>
    /// <param name="settings">Settings beside the usual ones.</param>
    public static async Task<AwsConsole> StartAsync(DynaliteServer server, Action<ScriptedAws>? prepare, params (string Name, string Value)[] settings)
    {
        var time = new FakeTimeProvider(Noon);
        var place = await DynamoPlace.CreateAsync(server);
        var proxy = await DynamoProxy.StartAsync(server.Address);
        var aws = await ScriptedAws.StartAsync(time, proxy.Address);
        prepare?.Invoke(aws);
        var host = new ConsoleHost(
            services => SetClock(services, time),
            dataDirectory: null,
            [.. Settings(aws, place), .. settings]);
        return new(time, aws, place, proxy, host);
    }

    /// <summary>The settings with which a console uses these servers.</summary>
    public static IEnumerable<(string Name, string Value)> Settings(ScriptedAws aws, DynamoPlace place)
    {
        var profiles = place.Profile(aws.Credentials.AccessKeyId, aws.Credentials.SecretAccessKey);
        return
        [
            ("OpsConsole:Backend", "Aws"), ("OpsConsole:Aws:FlagsTable", place.Options.FlagsTable), ("OpsConsole:Aws:RecordsTable", place.Options.RecordsTable),
            ("OpsConsole:Aws:StorePatienceSeconds", "30"), ("AWS:ServiceURL", aws.Url.ToString()), ("AWS:AuthenticationRegion", ScriptedAws.Region),
            ("AWS:Profile", "test"), ("AWS:ProfilesLocation", profiles),
        ];
    }

    /// <summary>The settings of a service behind a load balancer.</summary>
    public static (string Name, string Value)[] Shop(int index = 0, string name = "shop", int periodSeconds = 60, params string[] alarms) =>
    [
        ($"OpsConsole:Aws:Health:Services:{index}:Name", name),
        ($"OpsConsole:Aws:Health:Services:{index}:Preset", "ApplicationLoadBalancer"),
        ($"OpsConsole:Aws:Health:Services:{index}:Fields:LoadBalancer", $"app/{name}/1"),
        ($"OpsConsole:Aws:Health:Services:{index}:PeriodSeconds", periodSeconds.ToString(CultureInfo.InvariantCulture)),
        .. alarms.Select((alarm, number) => ($"OpsConsole:Aws:Health:Services:{index}:Alarms:{number}", alarm)),
    ];

    /// <summary>The beginning of the minute.</summary>
    public static DateTimeOffset Floor(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMinute));

    /// <summary>Publishes what a load balancer says of a period.</summary>
    public void Publish(DateTimeOffset start, double? requests = 600, double? errors = null, double? seconds = null, string name = "shop", bool highResolution = false)
    {
        var balancer = new Dictionary<string, string>(StringComparer.Ordinal) { ["LoadBalancer"] = $"app/{name}/1" };
        foreach (var (metric, value) in new[] { ("RequestCount", requests), ("HTTPCode_Target_5XX_Count", errors), ("TargetResponseTime", seconds) })
        {
            if (value is { } known)
            {
                Aws.CloudWatch.Put("AWS/ApplicationELB", metric, known, start, balancer, highResolution: highResolution);
            }
        }
    }

    /// <summary>Lets time pass: the console looks each second, and what it asks for is answered before the next.</summary>
    /// <param name="duration">Whole seconds.</param>
    public async Task PassAsync(TimeSpan duration)
    {
        for (var passed = TimeSpan.Zero; passed < duration; passed += Second)
        {
            Time.Advance(Second);
            await LookedAsync();
        }
    }

    /// <summary>Lets time pass until a time of the clock.</summary>
    public Task PassUntilAsync(DateTimeOffset time) => PassAsync(time - Time.GetUtcNow());

    /// <summary>Lets time pass until what is read is as it should be.</summary>
    /// <param name="read">Reads it.</param>
    /// <param name="wanted">Whether it is.</param>
    /// <param name="within">How long it may take, on the console's clock.</param>
    public async Task<T> PassUntilAsync<T>(Func<Task<T>> read, Func<T, bool> wanted, TimeSpan within)
    {
        for (var passed = TimeSpan.Zero; ; passed += Second)
        {
            var value = await read();
            if (wanted(value))
            {
                return value;
            }

            Assert.True(passed < within, $"After {within.TotalSeconds} s it is still {value}.");
            await PassAsync(Second);
        }
    }

    /// <summary>Waits, while its clock stands still, until what is read is as it should be.</summary>
    /// <param name="read">Reads it.</param>
    /// <param name="wanted">Whether it is.</param>
    public static async Task<T> SettlesAsync<T>(Func<Task<T>> read, Func<T, bool> wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(Patience);
        while (true)
        {
            var value = await read();
            if (wanted(value))
            {
                return value;
            }

            Assert.False(patience.IsCancellationRequested, $"It is still {value}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancelled);
        }
    }

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path, Cancelled);

    /// <summary>What the API says of a service now.</summary>
    public async Task<JsonElement> HealthAsync(string service = "shop") =>
        (await GetAsync("/api/v1/health")).GetProperty("services").EnumerateArray().FirstOrDefault(found => found.GetProperty("service").GetString() == service);

    public Task<string> PageAsync(string path) => Http.GetStringAsync(path, Cancelled);

    /// <summary>The entries of the timeline of a kind, oldest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> TimelineAsync(string kind) =>
        [.. (await GetAsync($"/api/v1/timeline?kind={kind}&after=0")).GetProperty("entries").EnumerateArray()];

    /// <summary>Creates a flag.</summary>
    public async Task CreateFlagAsync(string key, object flag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/flags/" + key) { Content = JsonContent.Create(flag) };
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        using var answer = await Http.SendAsync(request, Cancelled);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        // Whatever goes wrong in the test must not hold up the end.
        Aws.Faults.Clear();
        _proxy.Decide = _ => Fate.Usual;
        await Host.DisposeAsync();
        await Aws.DisposeAsync();
        await _proxy.DisposeAsync();
        _place.Dispose();
    }

    /// <summary>The console follows the test's clock. Only the patience with the store goes by the machine's: no store is as quick as a test's clock.</summary>
    private static void SetClock(IServiceCollection services, FakeTimeProvider time)
    {
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<DynamoCalls>(provider, TimeProvider.System));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LeaseKeeper>(provider, TimeProvider.System));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Leadership>(
            provider, provider.GetRequiredService<IOptions<ReplicasOptions>>().Value.Lease, TimeProvider.System));
    }

    /// <summary>Waits until the console has looked at this time of its clock, if it leads, and has the answers that it asked for.</summary>
    private async Task LookedAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(Patience);
        var now = Time.GetUtcNow();
        var leadership = Host.Services.GetRequiredService<Leadership>();
        if (leadership.IsLeader)
        {
            await foreach (var look in Host.Services.GetRequiredService<HealthFeed>().WatchAsync(patience.Token))
            {
                if (look.At >= now)
                {
                    break;
                }
            }
        }

        if (!HoldsCloudWatch)
        {
            await Host.Services.GetRequiredService<CloudWatchPoll>().SettledAsync().WaitAsync(patience.Token);
        }
    }
}
