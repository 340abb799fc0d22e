using System.Net;
using System.Text.Json;
using OpsConsole.AdapterTests.Dynalite;

namespace OpsConsole.AdapterTests.Aws.EndToEnd;

/// <summary>What CloudWatch, the network and the credentials do to health, and what an operator is told.</summary>
public sealed class CloudWatchFaultTests(DynaliteServer server)
{
    private const string Metrics = "cloudwatch:GetMetricData";
    private const string Alarms = "cloudwatch:DescribeAlarms";

    private static readonly DateTimeOffset Noon = AwsConsole.Noon;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_ten_minutes_of_silence_flags_with_limits_are_shed_and_the_console_says_why(bool hangs)
    {
        await using var console = await AwsConsole.StartAsync(server, AwsConsole.Shop());
        console.Publish(Noon, errors: 6);
        await SeenAsync(console, Noon);
        await console.CreateFlagAsync("gated", new { enabled = true, conditions = new { service = "shop", maxErrorRate = 5 } });
        await console.CreateFlagAsync("plain", new { enabled = true });
        await console.PassUntilAsync(() => ServedAsync(console, "gated"), served => served, Minute);

        // Either it does not answer at all, or it has no more data.
        using var held = hangs ? console.Aws.Faults.Hold("cloudwatch:*") : null;
        console.HoldsCloudWatch = hangs;
        await console.PassAsync(TimeSpan.FromMinutes(10));

        Assert.False(await ServedAsync(console, "gated"));
        Assert.True(await ServedAsync(console, "plain"));
        var flag = await console.GetAsync("/api/v1/flags/gated");
        var why = hangs ? "did not answer within 20 s" : "no newer data of it than of the period that ended at 12:01:00 UTC";
        Assert.Contains("no fresh evidence of shop", flag.GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.Contains(why, flag.GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.Contains(why, await console.PageAsync("/?service=shop"), StringComparison.Ordinal);
        Assert.Contains(why, await console.PageAsync("/monitoring"), StringComparison.Ordinal);
        Assert.Equal(hangs ? "Failed" : "Stale", (await console.HealthAsync()).GetProperty("freshness").GetString());
        Assert.Single(await console.TimelineAsync("flag.shed"));
        Assert.Single(await console.TimelineAsync("health.lost"));

        held?.Release();
        console.HoldsCloudWatch = false;
        await console.PassUntilAsync(
            async () =>
            {
                console.Publish(AwsConsole.Floor(console.Time.GetUtcNow()), requests: 1);
                return await ServedAsync(console, "gated");
            },
            served => served,
            TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData("ThrottlingException", 429)]
    [InlineData("ServiceUnavailable", 503)]
    public async Task What_passes_is_asked_for_again_and_nobody_notices(string code, int status)
    {
        await using var console = await AwsConsole.StartAsync(server, AwsConsole.Shop());
        console.Publish(Noon, errors: 6);
        console.Aws.Faults.Fail(Metrics, status, times: 2, code);

        await console.PassAsync(Second * 2);

        Assert.Null(await ProblemAsync(console));
        Assert.Equal(JsonValueKind.String, (await console.GetAsync("/api/v1/monitoring")).GetProperty("answeredAt").ValueKind);
        await SeenAsync(console, Noon);
    }

    [Fact]
    public async Task Throttling_that_lasts_is_said_is_not_made_worse_and_is_over_by_itself()
    {
        // Without what the SDK does against throttling by itself, on the machine's clock.
        await using var console = await AwsConsole.StartAsync(
            server, aws => aws.Faults.ThrottleFor(Metrics, Minute), [.. AwsConsole.Shop(), ("AWS:MaxErrorRetry", "0"), ("AWS:RetryMode", "Standard")]);
        console.Publish(Noon, errors: 6);
        await console.PassAsync(Second * 59);

        Assert.Contains($"throttles {Metrics}", await ProblemAsync(console), StringComparison.Ordinal);
        // The pauses between them are 2, 4, 8, 16, 32 s.
        Assert.Equal(5, console.Aws.Calls.Of(Metrics).Count);

        await SeenAsync(console, Noon);
        Assert.Null(await ProblemAsync(console));
    }

    [Fact]
    public async Task A_connection_that_is_reset_in_the_middle_of_an_answer_is_made_anew()
    {
        await using var console = await AwsConsole.StartAsync(server, AwsConsole.Shop());
        console.Publish(Noon, errors: 6);
        console.Aws.Faults.CutAnswer("cloudwatch:*", times: 2);

        var shop = await SeenAsync(console, Noon);

        Assert.Equal(1, shop.GetProperty("errorRate").GetDouble());
        Assert.Null(await ProblemAsync(console));
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(10)]
    [InlineData(2)]
    public async Task A_clock_that_is_wrong_makes_nothing_older_or_younger_and_is_said(int minutesAhead)
    {
        // The console's clock stands at noon; CloudWatch is so much before or after.
        var ahead = Minute * minutesAhead;
        await using var console = await AwsConsole.StartAsync(server, aws => aws.Faults.ClockSkew = -ahead, AwsConsole.Shop());
        var there = Noon - ahead;
        for (var minute = -2; minute < 4; minute++)
        {
            console.Publish(there + (Minute * minute), requests: 600, errors: 6 * (minute + 3));
        }

        await console.PassUntilAsync(
            () => console.HealthAsync(),
            shop => shop.ValueKind == JsonValueKind.Object && shop.GetProperty("errorRate") is { ValueKind: JsonValueKind.Number } rate && rate.GetDouble() == 3,
            Minute * 3);

        var seen = await console.HealthAsync();
        Assert.Equal("Fresh", seen.GetProperty("freshness").GetString());
        Assert.InRange(seen.GetProperty("ageSeconds").GetDouble(), 0, 130);
        var page = await console.PageAsync("/monitoring");
        Assert.Contains($"s {(minutesAhead > 0 ? "ahead of" : "behind")} that of CloudWatch", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_CloudWatch_says_that_is_not_known_yet_ends_nothing()
    {
        await using var console = await AwsConsole.StartAsync(
            server,
            aws =>
            {
                aws.CloudWatch.AddAlarm("shop-errors");
                aws.Faults.UnknownValues("cloudwatch:*");
            },
            AwsConsole.Shop(alarms: "shop-errors"));
        console.Publish(Noon, errors: 6);

        var shop = await SeenAsync(console, Noon);

        Assert.Equal(1, shop.GetProperty("errorRate").GetDouble());
        Assert.Contains("shop-errors: insufficient data", await console.PageAsync("/monitoring"), StringComparison.Ordinal);
        Assert.Null(await ProblemAsync(console));
    }

    [Theory]
    [InlineData("expired", "have expired")]
    [InlineData("unknown", "does not accept the credentials")]
    [InlineData("region", "Check the access key, the Region and this machine")]
    [InlineData("none", "There are no AWS credentials")]
    public async Task Credentials_that_are_no_good_are_said_with_what_to_do(string how, string part)
    {
        await using var console = await AwsConsole.StartAsync(
            server,
            aws => aws.Faults.CredentialsExpired = how == "expired",
            [
                .. AwsConsole.Shop(),
                .. how switch
                {
                    "region" => [("AWS:AuthenticationRegion", "us-east-1")],
                    "none" => [("AWS:Profile", "nobody")],
                    _ => Array.Empty<(string, string)>(),
                },
            ]);
        console.Aws.Credentials = how == "unknown" ? new("AKIDOTHER", "other") : console.Aws.Credentials;
        await console.PassUntilAsync(() => ProblemAsync(console), problem => problem is not null, Second * 70);

        Assert.Contains(part, await ProblemAsync(console), StringComparison.Ordinal);
        var page = WebUtility.HtmlDecode(await console.PageAsync("/monitoring"));
        Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.Contains("shop", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_that_are_renewed_are_used_without_a_new_start()
    {
        await using var console = await AwsConsole.StartAsync(server, aws => aws.Faults.CredentialsExpired = true, AwsConsole.Shop());
        console.Publish(Noon, errors: 6);
        await console.PassAsync(Second * 5);
        Assert.NotNull(await ProblemAsync(console));

        console.Aws.Faults.CredentialsExpired = false;

        await SeenAsync(console, Noon);
        Assert.Null(await ProblemAsync(console));
    }

    [Fact]
    public async Task Without_the_permission_for_alarms_the_page_names_it_and_metrics_go_on()
    {
        await using var console = await AwsConsole.StartAsync(server, aws => aws.Faults.Deny(Alarms), AwsConsole.Shop(alarms: "shop-errors"));
        console.Publish(Noon, errors: 6);

        await SeenAsync(console, Noon);

        Assert.Contains($"Alarms cannot be read: AWS denies the console {Alarms}", await DecodedAsync(console), StringComparison.Ordinal);
        Assert.Null(await ProblemAsync(console));
    }

    [Fact]
    public async Task Without_the_permission_for_metrics_the_page_names_it_and_alarms_go_on()
    {
        await using var console = await AwsConsole.StartAsync(
            server,
            aws =>
            {
                aws.CloudWatch.AddAlarm("shop-errors");
                aws.CloudWatch.SetAlarm("shop-errors", "ALARM", "7 > 5");
                aws.Faults.Deny(Metrics);
            },
            AwsConsole.Shop(alarms: "shop-errors"));
        await console.PassAsync(Second * 5);

        var page = await DecodedAsync(console);
        Assert.Contains($"AWS denies the console {Metrics}", page, StringComparison.Ordinal);
        Assert.Contains("shop-errors: in alarm", page, StringComparison.Ordinal);
        Assert.Single(await console.TimelineAsync("alarm.raised"));

        console.Aws.Faults.Allow(Metrics);
        console.Publish(Noon, errors: 6);
        await SeenAsync(console, Noon);
    }

    [Fact]
    public async Task A_metric_that_may_not_be_read_is_named_and_the_others_go_on()
    {
        await using var console = await AwsConsole.StartAsync(
            server,
            aws => aws.CloudWatch.SetStatus("TargetResponseTime", "Forbidden"),
            [.. AwsConsole.Shop(), .. AwsConsole.Shop(1, "cart")]);
        console.Publish(Noon, errors: 6, seconds: 0.1);

        var shop = await SeenAsync(console, Noon);

        Assert.Equal(1, shop.GetProperty("errorRate").GetDouble());
        Assert.Equal(JsonValueKind.Null, shop.GetProperty("latencyP95").ValueKind);
        Assert.Contains("latencyMean: it may not be read", shop.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_lost_between_two_pages_is_asked_for_anew()
    {
        await using var console = await AwsConsole.StartAsync(
            server,
            aws =>
            {
                aws.CloudWatch.MostPointsPerPage = 1;
                aws.Faults.LoseToken(Metrics);
            },
            AwsConsole.Shop());
        console.Publish(Noon, errors: 6, seconds: 0.1);
        console.Publish(Noon + Minute, errors: 6, seconds: 0.1);

        var shop = await SeenAsync(console, Noon);

        Assert.Equal((1, 100), (shop.GetProperty("errorRate").GetDouble(), shop.GetProperty("latencyP99").GetDouble()));
    }

    private static Task<JsonElement> SeenAsync(AwsConsole console, DateTimeOffset start) => console.PassUntilAsync(
        () => console.HealthAsync(),
        found => found.ValueKind == JsonValueKind.Object && found.GetProperty("at").ValueKind == JsonValueKind.String && found.GetProperty("at").GetDateTimeOffset() > start,
        Minute * 3);

    private static async Task<bool> ServedAsync(AwsConsole console, string flag) => (await console.GetAsync("/api/v1/flags/" + flag)).GetProperty("served").GetBoolean();

    private static async Task<string?> ProblemAsync(AwsConsole console) => (await console.GetAsync("/api/v1/monitoring")).GetProperty("problem").GetString();

    private static async Task<string> DecodedAsync(AwsConsole console) => WebUtility.HtmlDecode(await console.PageAsync("/monitoring"));
}
