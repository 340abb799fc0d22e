using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.SignalR.Client;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.AdapterTests.Aws.EndToEnd;

/// <summary>Health from CloudWatch, from the wire to the API, the hub and the pages.</summary>
public sealed class CloudWatchHealthTests(DynaliteServer server)
{
    private static readonly DateTimeOffset Noon = AwsConsole.Noon;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_period_reaches_the_API_the_hub_and_the_pages()
    {
        await using var console = await AwsConsole.StartAsync(server, AwsConsole.Shop());
        console.Publish(Noon, requests: 600, errors: 30, seconds: 0.25);

        var shop = await SeenAsync(console, Noon);

        Assert.Equal("Fresh", Text(shop, "freshness"));
        Assert.Equal((5, 10, 250, 250), (Number(shop, "errorRate"), Number(shop, "throughput"), Number(shop, "latencyMean"), Number(shop, "latencyP95")));
        Assert.Equal(JsonValueKind.Null, shop.GetProperty("cpuUtilization").ValueKind);
        var frame = await FrameAsync(console);
        Assert.Equal(("Fresh", 5), (Text(frame, "freshness"), Number(frame, "errorRate")));
        var page = await console.PageAsync("/monitoring");
        Assert.Contains("CloudWatch answered at", page, StringComparison.Ordinal);
        Assert.Contains("Fresh", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("shop", await console.PageAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_of_an_answer_are_merged()
    {
        await using var console = await AwsConsole.StartAsync(server, aws => aws.CloudWatch.MostPointsPerPage = 2, AwsConsole.Shop());
        for (var minute = 0; minute < 3; minute++)
        {
            console.Publish(Noon + (Minute * minute), requests: 600, errors: 60, seconds: 0.1);
            await console.PassAsync(Minute);
        }

        var shop = await SeenAsync(console, Noon + (Minute * 2));

        Assert.Equal((10, 10, 100, 100), (Number(shop, "errorRate"), Number(shop, "throughput"), Number(shop, "latencyP50"), Number(shop, "latencyP99")));
        Assert.Contains(console.Aws.Calls.Of("cloudwatch:GetMetricData"), call => call.Input.ContainsKey("NextToken"));
    }

    [Fact]
    public async Task An_answer_in_part_counts_when_it_has_settled_and_the_page_says_so()
    {
        await using var console = await AwsConsole.StartAsync(server, aws => aws.CloudWatch.SetStatus("RequestCount", "PartialData"), AwsConsole.Shop());
        console.Publish(Noon, requests: 600, errors: 6);
        console.Publish(Noon + Minute, requests: 600, errors: 60);
        await console.PassAsync(Minute * 1.75);
        Assert.Equal(JsonValueKind.Null, (await console.HealthAsync()).GetProperty("at").ValueKind);

        var shop = await SeenAsync(console, Noon);

        Assert.Equal(1, Number(shop, "errorRate"));
        Assert.Contains("part of the data", Text(shop, "note"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_that_comes_late_corrects_what_was_shown()
    {
        await using var console = await AwsConsole.StartAsync(server, AwsConsole.Shop());
        console.Publish(Noon, requests: 600, errors: 6);
        Assert.Equal(1, Number(await SeenAsync(console, Noon), "errorRate"));

        console.Publish(Noon, requests: 0, errors: 24);
        await console.PassAsync(Minute * 1.1);

        var shop = await console.HealthAsync();
        Assert.Equal((Noon + Minute, 5), (shop.GetProperty("at").GetDateTimeOffset(), Number(shop, "errorRate")));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(10)]
    [InlineData(1)]
    public async Task Freshness_follows_the_period_of_the_metric(int seconds)
    {
        var period = TimeSpan.FromSeconds(seconds);
        await using var console = await AwsConsole.StartAsync(server, AwsConsole.Shop(periodSeconds: seconds));
        console.Publish(Noon, requests: 100, errors: 1, highResolution: true);
        await SeenAsync(console, Noon);

        // One period after the other arrives, as late as it may: never anything but fresh.
        for (var number = 1; number <= 5; number++)
        {
            console.Publish(Noon + (period * number), requests: 100, errors: 1, highResolution: true);
            for (var passed = 0; passed < seconds; passed++)
            {
                await console.PassAsync(TimeSpan.FromSeconds(1));
                Assert.Equal("Fresh", Text(await console.HealthAsync(), "freshness"));
            }
        }

        // Then no more: late first, and stale soon after.
        await console.PassUntilAsync(() => FreshnessAsync(console), freshness => freshness == "Late", period * 3);
        await console.PassUntilAsync(() => FreshnessAsync(console), freshness => freshness == "Stale", period * 2);
        Assert.Contains("no newer data", Text(await console.HealthAsync(), "note"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_requests_are_no_errors_and_no_evidence_of_an_error_rate()
    {
        await using var console = await AwsConsole.StartAsync(server, AwsConsole.Shop());
        console.Publish(Noon, requests: 0, errors: 0);
        var idle = await SeenAsync(console, Noon);
        Assert.Equal((JsonValueKind.Null, 0), (idle.GetProperty("errorRate").ValueKind, Number(idle, "throughput")));

        // A load balancer publishes no count of errors while there are none.
        console.Publish(Noon + Minute, requests: 60);
        var busy = await SeenAsync(console, Noon + Minute);
        Assert.Equal((0, 1), (Number(busy, "errorRate"), Number(busy, "throughput")));
    }

    [Fact]
    public async Task An_alarm_is_shown_with_its_state_and_each_change_is_a_mark_on_the_charts_of_its_service()
    {
        await using var console = await AwsConsole.StartAsync(
            server,
            aws =>
            {
                aws.CloudWatch.AddAlarm("shop-errors");
                aws.CloudWatch.AddCompositeAlarm("everything", "ALARM(shop-errors)");
                aws.CloudWatch.SetAlarm("shop-errors", "OK");
            },
            AwsConsole.Shop(alarms: ["shop-errors", "everything", "misspelt"]));
        await console.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Contains("shop-errors: ok", await console.PageAsync("/monitoring"), StringComparison.Ordinal);
        Assert.Contains("misspelt: does not exist", await console.PageAsync("/monitoring"), StringComparison.Ordinal);
        Assert.Empty(await console.TimelineAsync("alarm."));

        console.Aws.CloudWatch.SetAlarm("shop-errors", "ALARM", "7 > 5");
        await console.PassUntilAsync(() => console.TimelineAsync("alarm.raised"), told => told.Count == 1, TimeSpan.FromSeconds(60));
        console.Aws.CloudWatch.SetAlarm("shop-errors", "OK", "0 is not > 5");
        await console.PassUntilAsync(() => console.TimelineAsync("alarm.cleared"), told => told.Count == 1, TimeSpan.FromSeconds(60));
        await console.PassAsync(Minute);

        var told = await console.TimelineAsync("alarm.");
        Assert.Equal([("alarm.raised", "7 > 5", "shop"), ("alarm.cleared", "0 is not > 5", "shop")], told.Select(entry =>
            (Text(entry, "kind"), Text(entry, "reason"), Text(entry.GetProperty("data"), "service"))));
        var alarm = Assert.Single((await console.HealthAsync()).GetProperty("alarms").EnumerateArray(), alarm => Text(alarm, "name") == "shop-errors");
        Assert.Equal("Ok", Text(alarm, "state"));
        Assert.Contains("everything: insufficient data", await console.PageAsync("/?service=shop"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_before_the_start_is_on_the_charts()
    {
        await using var console = await AwsConsole.StartAsync(
            server,
            aws =>
            {
                for (var minute = -60; minute < 0; minute++)
                {
                    var balancer = new Dictionary<string, string>(StringComparer.Ordinal) { ["LoadBalancer"] = "app/shop/1" };
                    aws.CloudWatch.Put("AWS/ApplicationELB", "RequestCount", 600, Noon.AddMinutes(minute), balancer);
                    aws.CloudWatch.Put("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", 600 + (6 * minute), Noon.AddMinutes(minute), balancer);
                }
            },
            AwsConsole.Shop());
        await console.PassAsync(TimeSpan.FromSeconds(5));

        var history = await console.GetAsync($"/api/v1/health/shop/history?from={Noon.AddHours(-1).ToUnixTimeSeconds()}&to={Noon.AddMinutes(-1).ToUnixTimeSeconds()}&points=59");

        var means = history.GetProperty("series").GetProperty("errorRate").GetProperty("mean").EnumerateArray().Select(mean => mean.GetDouble()).ToList();
        Assert.Equal(Enumerable.Range(-60, 59).Select(minute => (double)(100 + minute)), means.Select(mean => Math.Round(mean)));
    }

    [Fact]
    public async Task A_service_that_is_added_over_the_API_is_asked_for_at_once_and_is_read_back_as_it_can_be_written()
    {
        await using var console = await AwsConsole.StartAsync(server, AwsConsole.Shop());
        var shop = await console.GetAsync("/api/v1/monitoring/shop");
        var added = JsonNode.Parse(shop.GetRawText().Replace("app/shop/1", "app/cart/1", StringComparison.Ordinal))!;
        added["service"] = "cart";
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/monitoring/cart") { Content = JsonContent.Create(added) };
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        using var answer = await console.Http.SendAsync(request, Cancelled);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancelled));

        console.Publish(Noon, errors: 6, name: "cart");
        await SeenAsync(console, Noon, "cart");

        Assert.Equal(added.ToJsonString(), JsonNode.Parse((await console.GetAsync("/api/v1/monitoring/cart")).GetRawText())!.ToJsonString());
        using var tried = await console.Http.PostAsJsonAsync("/api/v1/monitoring/try", added, Cancelled);
        var previews = await tried.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.Equal(600, previews.EnumerateArray().Single(preview => Text(preview, "id") == "requests").GetProperty("value").GetDouble());
        Assert.Single(await console.TimelineAsync("monitoring.changed"));
    }

    [Fact]
    public async Task A_thousand_signs_take_no_more_than_three_calls_a_period()
    {
        await using var console = await AwsConsole.StartAsync(server, [.. Enumerable.Range(0, 143).SelectMany(index => AwsConsole.Shop(index, $"shop-{index:D3}"))]);
        console.Publish(Noon, name: "shop-142");
        await SeenAsync(console, Noon, "shop-142");
        var before = Calls();

        await console.PassAsync(Minute * 5);

        Assert.Equal(5 * 3, Calls() - before);
        Assert.All(console.Aws.Calls.Of("cloudwatch:GetMetricData"), call => Assert.InRange(call.Input["MetricDataQueries"]!.AsArray().Count, 1, 500));
        Assert.Equal(1001, (await console.GetAsync("/api/v1/monitoring")).GetProperty("cost").GetProperty("metrics").GetInt32());

        int Calls() => console.Aws.Calls.Of("cloudwatch:GetMetricData").Count;
    }

    private static Task<JsonElement> SeenAsync(AwsConsole console, DateTimeOffset start, string service = "shop") => console.PassUntilAsync(
        () => console.HealthAsync(service),
        found => found.ValueKind == JsonValueKind.Object && found.GetProperty("at").ValueKind == JsonValueKind.String && found.GetProperty("at").GetDateTimeOffset() > start,
        Soon);

    private static async Task<string?> FreshnessAsync(AwsConsole console) => Text(await console.HealthAsync(), "freshness");

    private static async Task<JsonElement> FrameAsync(AwsConsole console)
    {
        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(console.Host.Address, "/hubs/health"), http => http.AccessTokenProvider = () => Task.FromResult<string?>(ConsoleHost.ViewerKey))
            .Build();
        var arrived = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.On<JsonElement>("frame", frame => arrived.TrySetResult(frame));
        await hub.StartAsync(Cancelled);
        await hub.InvokeAsync<JsonElement>("Watch", (string[])["shop"], 0L, Cancelled);
        await console.PassAsync(TimeSpan.FromSeconds(1));
        return await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancelled);
    }

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    private static double Number(JsonElement element, string member) => element.GetProperty(member).GetDouble();
}
