using OpsConsole.AdapterTests.Aws.Scripted;

namespace OpsConsole.BrowserTests.Aws;

/// <summary>
/// What an account's services publish by themselves: the load balancer of checkout every second, the function catalog with the resolution of a
/// minute and with a past.
/// </summary>
internal sealed class BusyAccount : IAsyncDisposable
{
    public const string LoadBalancer = "app/checkout/50dc6c495c0c9188";
    public const string Alarm = "checkout-5xx";

    private static readonly TimeSpan Past = TimeSpan.FromMinutes(30);

    private readonly CancellationTokenSource _over = new();
    private readonly ScriptedAws _aws;
    private readonly Task _loop;

    public BusyAccount(ScriptedAws aws)
    {
        _aws = aws;
        _aws.CloudWatch.AddAlarm(Alarm);
        _aws.CloudWatch.SetAlarm(Alarm, "OK", "Under the threshold.");
        var now = _aws.Time.GetUtcNow();
        for (var at = now - Past; at < now; at += TimeSpan.FromSeconds(1))
        {
            PublishCatalog(at);
        }

        _loop = PublishAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task PublishAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        do
        {
            var now = _aws.Time.GetUtcNow();
            PublishCheckout(now);
            PublishCatalog(now);
        }
        while (await timer.WaitForNextTickAsync(_over.Token));
    }

    private void PublishCheckout(DateTimeOffset at)
    {
        Dictionary<string, string> dimensions = new(StringComparer.Ordinal) { ["LoadBalancer"] = LoadBalancer };
        var wave = Math.Sin(at.ToUnixTimeSeconds() / 20.0);
        void Put(string name, double value) => _aws.CloudWatch.Put("AWS/ApplicationELB", name, value, at, dimensions, highResolution: true);
        Put("RequestCount", 40 + (4 * wave));
        Put("HTTPCode_Target_5XX_Count", 0.2);
        Put("TargetResponseTime", 0.08 + (0.01 * wave));
        Put("ActiveConnectionCount", 60);
    }

    private void PublishCatalog(DateTimeOffset at)
    {
        Dictionary<string, string> dimensions = new(StringComparer.Ordinal) { ["FunctionName"] = "catalog" };
        var wave = Math.Sin(at.ToUnixTimeSeconds() / 300.0);
        void Put(string name, double value) => _aws.CloudWatch.Put("AWS/Lambda", name, value, at, dimensions);
        Put("Invocations", 30 + (5 * wave));
        Put("Errors", wave > 0.8 ? 1 : 0);
        Put("Duration", 45 + (8 * wave));
        Put("ConcurrentExecutions", 6);
    }
}
