using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Storefront.Instance;

/// <summary>
/// Compiles what customers will need before the first of them comes: a process's first requests take a hundred times as long as those after
/// them. The instance serves nobody meanwhile, so its own requests are not counted as customers'; from then on every request is.
/// </summary>
internal sealed partial class WarmUp(IServer server, DependencyClient dependencies, TimeProvider time, ILogger<WarmUp> logger)
    : IHostedLifecycleService
{
    public const string WarmLine = "warm after ";

    private const string Header = "X-Warm-Up";
    private const int LeastRounds = 6;
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly string _own = RandomNumberGenerator.GetHexString(32);
    private volatile bool _done;

    /// <summary>Whether customers may come.</summary>
    public bool Done => _done;

    /// <summary>Keeps the instance's own requests, until it is warm, out of the customers' figures.</summary>
    public void LeaveOut(HttpContext context)
    {
        if (!_done && context.Request.Headers[Header] == _own && context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.MetricsDisabled = true;
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The server listens: makes every kind of request until a round of them is quick, or it has taken long enough.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var http = new HttpClient { BaseAddress = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        http.DefaultRequestHeaders.Add(Header, _own);
        var startedAt = time.GetTimestamp();
        var rounds = 0;
        try
        {
            bool warm;
            do
            {
                var roundAt = time.GetTimestamp();
                var well = await RoundAsync(http, $"warm-up-{rounds}", either.Token);
                warm = well && time.GetElapsedTime(roundAt) <= Quick;
                rounds++;
            }
            while (rounds < LeastRounds || !warm);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogStillCold(rounds, Longest.TotalSeconds);
        }

        _done = true;
        Console.WriteLine($"{WarmLine}{rounds} rounds in {time.GetElapsedTime(startedAt).TotalMilliseconds:F0} ms");
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What a customer may ask for, and every dependency, whatever the flags say now.</summary>
    private async Task<bool> RoundAsync(HttpClient http, string customer, CancellationToken cancel)
    {
        var order = new OrderRequest(customer, [new(Catalog.Skus[0], 1)]);
        var calls = await Task.WhenAll(
            TryAsync(async () =>
            {
                using var answer = await http.GetAsync($"/products/{customer}/recommendations", cancel);
                await answer.Content.CopyToAsync(Stream.Null, cancel);
            }),
            TryAsync(async () =>
            {
                using var answer = await http.PostAsJsonAsync("/orders", order, StorefrontJson.Default.OrderRequest, cancel);
                await answer.Content.CopyToAsync(Stream.Null, cancel);
            }),
            TryAsync(() => dependencies.PredictAsync(customer, cancel)),
            TryAsync(() => dependencies.PurchasesAsync(customer, cancel)),
            TryAsync(() => dependencies.QuoteAsync(order, cancel)),
            TryAsync(() => dependencies.ReserveAsync(customer, order, cancel)));
        return Array.TrueForAll(calls, static well => well);
    }

    /// <summary>A dependency that is down keeps nobody from serving what does not need it.</summary>
    private async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not warm after {Rounds} rounds in {Seconds} s; customers may come all the same.")]
    private partial void LogStillCold(int rounds, double seconds);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A request of the warm-up failed: {Problem}")]
    private partial void LogFailed(string problem);
}
