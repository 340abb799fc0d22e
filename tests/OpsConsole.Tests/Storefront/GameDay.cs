using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OpsConsole.Tests.Faults;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Storefront;

/// <summary>A console and a Storefront under traffic, each a process of its own that can be killed and frozen, and an operator's hands.</summary>
internal sealed class GameDay : IAsyncDisposable
{
    private const string Order = """{"customerId":"c","items":[{"sku":"sku-001","quantity":1}]}""";

    private readonly (string Name, string Value)[] _settings;
    private readonly bool _ownsDirectory;

    private GameDay(string? dataDirectory)
    {
        _ownsDirectory = dataDirectory is null;
        DataDirectory = dataDirectory ?? Directory.CreateTempSubdirectory("opsconsole-gameday-").FullName;
        _settings =
        [
            ("urls", $"http://127.0.0.1:{StorefrontProcess.FreePort()}"),
            .. Key(0, "otto", ConsoleHost.OperatorKey, "operator"), .. Key(1, "shop", ConsoleHost.ApplicationKey, "application"),
            .. Key(2, "ada", ConsoleHost.AdminKey, "admin"),
        ];
        Console = ConsoleProcess.StartIn(DataDirectory, _settings);
        Api = Client(ConsoleHost.OperatorKey);
    }

    public string DataDirectory { get; }

    public ConsoleProcess Console { get; private set; }

    public StorefrontProcess Storefront { get; private set; } = null!;

    /// <summary>The API in an operator's name.</summary>
    public HttpClient Api { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<GameDay> StartAsync(string? dataDirectory = null)
    {
        var day = new GameDay(dataDirectory);
        var address = await day.Console.AddressAsync();
        day.Storefront = await StorefrontProcess.StartAsync(address, traffic: true);
        return day;
    }

    public HttpClient Client(string key)
    {
        var client = new HttpClient { BaseAddress = new Uri(_settings[0].Value), Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Starts another console over the same data, after this one has been killed.</summary>
    public async Task RestartAsync()
    {
        await Console.DisposeAsync();
        Console = ConsoleProcess.StartIn(DataDirectory, _settings);
        await Console.AddressAsync();
    }

    /// <summary>Launches a run that answers orders with 503 at every instance, and waits until that is seen.</summary>
    /// <returns>The address of the run.</returns>
    public async Task<string> LaunchAsync()
    {
        using var defined = await SendAsync(HttpMethod.Put, "/api/v1/experiments/errors", """
            {"title":"Errors","hypothesis":"Customers see errors.","service":"storefront","durationSeconds":600,
             "faults":[{"kind":"Error","statusCode":503,"route":"/orders","share":100}],
             "safeguards":{"maxErrorRate":100,"maxLatency":600000},"rollbackActions":[]}
            """, ifNoneMatch: true);
        Assert.True(defined.IsSuccessStatusCode, await defined.Content.ReadAsStringAsync(Cancel));
        using var launched = await Orders.UntilAsync(
            () => SendAsync(HttpMethod.Post, "/api/v1/experiments/errors/runs", "{}"), answer => answer.StatusCode == HttpStatusCode.Accepted);
        await Orders.UntilAsync(OrdersFailAsync, fail => fail);
        return launched.Headers.Location!.ToString();
    }

    /// <summary>Creates a flag that rests on the Storefront's health but is never breached, and waits until customers get what it turns on.</summary>
    public async Task ServeRecommendationsAsync()
    {
        using var created = await SendAsync(HttpMethod.Put, "/api/v1/flags/ml-recommendations", """
            {"enabled":true,"changeReason":"test","conditions":{"service":"storefront","maxErrorRate":100,"maxLatency":600000,"recoverForSeconds":0}}
            """);
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync(Cancel));
        await Orders.UntilAsync(SourceAsync, source => source == "ml");
    }

    /// <summary>Where recommendations come from now; <c>ml</c> while the flag is served.</summary>
    public async Task<string?> SourceAsync()
    {
        using var answer = await Storefront.Http.GetAsync("/products/u1/recommendations", Cancel);
        return answer.IsSuccessStatusCode ? Text(await ReadAsync(answer), "source") : answer.StatusCode.ToString();
    }

    public async Task<bool> OrdersFailAsync()
    {
        using var answer = await Storefront.Http.PostAsync("/orders", Json(Order), Cancel);
        return (await answer.Content.ReadAsStringAsync(Cancel)).Contains("Injected fault", StringComparison.Ordinal);
    }

    /// <summary>Each instance has leases of its own; a dozen orders in turn reach all of them.</summary>
    public async Task<bool> OrdersFailAnywhereAsync()
    {
        for (var i = 0; i < 12; i++)
        {
            if (await OrdersFailAsync())
            {
                return true;
            }
        }

        return false;
    }

    public async Task<JsonElement> GetAsync(string address)
    {
        using var answer = await Api.GetAsync(address, Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{address}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancel)}");
        return await ReadAsync(answer);
    }

    /// <summary>Waits until what the API answers is as it should be.</summary>
    public Task<JsonElement> UntilAsync(string address, Func<JsonElement, bool> wanted) => Orders.UntilAsync(() => GetAsync(address), wanted);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, string? json = null, bool ifNoneMatch = false) =>
        SendAsync(Api, method, address, json, ifNoneMatch);

    public static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string address, string? json, bool ifNoneMatch = false)
    {
        using var request = new HttpRequestMessage(method, address) { Content = json is null ? null : Json(json) };
        if (ifNoneMatch)
        {
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        }

        return await client.SendAsync(request, Cancel);
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        return document.RootElement.Clone();
    }

    public static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    public static IEnumerable<string?> Texts(JsonElement element, string member) =>
        element.GetProperty(member).EnumerateArray().Select(item => item.GetString());

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        if (Storefront is not null)
        {
            await Storefront.DisposeAsync();
        }

        await Console.DisposeAsync();
        if (_ownsDirectory)
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static (string, string)[] Key(int index, string name, string key, string role) =>
    [
        ($"OpsConsole:Auth:ApiKeys:{index}:Name", name), ($"OpsConsole:Auth:ApiKeys:{index}:Key", key), ($"OpsConsole:Auth:ApiKeys:{index}:Role", role),
    ];
}
