using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OpsConsole.Tests.Faults;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Storefront;

/// <summary>No fault outlives its console: three processes, one of which is killed.</summary>
public sealed class KilledConsoleTests
{
    private const string Definition = """
        {"title":"Errors","hypothesis":"Customers see errors.","service":"storefront","durationSeconds":300,
         "faults":[{"kind":"Error","statusCode":503,"route":"/products","share":100}],
         "safeguards":{"maxErrorRate":100,"maxLatency":60000},"rollbackActions":[]}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fault_is_gone_within_ten_seconds_of_the_death_of_its_console_which_closes_the_run_when_it_is_back()
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-killed-").FullName;
        (string, string)[] settings =
        [
            ("urls", $"http://127.0.0.1:{StorefrontProcess.FreePort()}"),
            ("OpsConsole:Auth:ApiKeys:0:Name", "otto"), ("OpsConsole:Auth:ApiKeys:0:Key", ConsoleHost.OperatorKey), ("OpsConsole:Auth:ApiKeys:0:Role", "operator"),
            ("OpsConsole:Auth:ApiKeys:1:Name", "shop"), ("OpsConsole:Auth:ApiKeys:1:Key", ConsoleHost.ApplicationKey), ("OpsConsole:Auth:ApiKeys:1:Role", "application"),
        ];
        string run;
        await using (var console = ConsoleProcess.StartIn(data, settings))
        {
            using var api = new HttpClient { BaseAddress = await console.AddressAsync() };
            api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ConsoleHost.OperatorKey);
            await using var storefront = await StorefrontProcess.StartAsync(api.BaseAddress, traffic: true);
            using var define = new HttpRequestMessage(HttpMethod.Put, "/api/v1/experiments/errors") { Content = Json(Definition) };
            define.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
            using var kept = await api.SendAsync(define, Cancel);
            Assert.True(kept.IsSuccessStatusCode, await kept.Content.ReadAsStringAsync(Cancel));
            var launched = await Orders.UntilAsync(
                () => api.PostAsync("/api/v1/experiments/errors/runs", Json("{}"), Cancel), answer => answer.StatusCode == HttpStatusCode.Accepted);
            run = launched.Headers.Location!.ToString();
            await Orders.UntilAsync(() => IsFaultyAsync(storefront), faulty => faulty);

            await console.KillAsync();
            var watch = Stopwatch.StartNew();
            await Orders.UntilAsync(() => IsFaultyAnywhereAsync(storefront), faulty => !faulty);
            Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10.5));
        }

        await using (var again = ConsoleProcess.StartIn(data, settings))
        {
            using var api = new HttpClient { BaseAddress = await again.AddressAsync() };
            api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ConsoleHost.OperatorKey);
            await Orders.UntilAsync(() => StateAsync(api, run), state => state == "Aborted");
        }

        Directory.Delete(data, recursive: true);
    }

    private static async Task<bool> IsFaultyAsync(StorefrontProcess storefront)
    {
        using var answer = await storefront.Http.GetAsync("/products/u1/recommendations", Cancel);
        return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
    }

    /// <summary>Each instance has leases of its own; a dozen requests in turn reach all of them.</summary>
    private static async Task<bool> IsFaultyAnywhereAsync(StorefrontProcess storefront)
    {
        for (var i = 0; i < 12; i++)
        {
            if (await IsFaultyAsync(storefront))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<string?> StateAsync(HttpClient api, string run)
    {
        using var document = JsonDocument.Parse(await api.GetStringAsync(run, Cancel));
        return document.RootElement.GetProperty("state").GetString();
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
