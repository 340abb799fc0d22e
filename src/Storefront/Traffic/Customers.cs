using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Storefront.Fleet;

namespace Storefront.Traffic;

/// <summary>Customers: about 40 requests a second, more and fewer over the minutes, at random moments. They come by the front's own address.</summary>
internal sealed class Customers(StorefrontSettings settings, InstanceFleet fleet, IServer server, TimeProvider time) : BackgroundService
{
    private const double PerSecond = 40;
    private const int MostAtOnce = 300;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private readonly Random _random = new(settings.Seed);
    private int _underWay;

    /// <summary>Whether they come.</summary>
    public bool Come { get; set; } = settings.Traffic;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        HttpClient? http = null;
        var startedAt = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default))
        {
            if (!Come || !fleet.IsOpen || server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is not { } address)
            {
                continue;
            }

            http ??= new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(15) };
            for (var coming = Arrivals(time.GetElapsedTime(startedAt)); coming > 0; coming--)
            {
                if (Volatile.Read(ref _underWay) < MostAtOnce)
                {
                    _ = VisitAsync(http, _random.Next(500), _random.NextDouble() < 0.3, _random.Next(Catalog.Size), stoppingToken);
                }
            }
        }

        http?.Dispose();
    }

    /// <summary>How many come within a tick: a Poisson number around a rate that swings with two periods.</summary>
    private int Arrivals(TimeSpan since)
    {
        var swing = 1 + (0.12 * Math.Sin(since.TotalSeconds / 19)) + (0.08 * Math.Sin(since.TotalSeconds / 7));
        var left = Math.Exp(-PerSecond * swing * Tick.TotalSeconds);
        var product = _random.NextDouble();
        var count = 0;
        while (product > left)
        {
            product *= _random.NextDouble();
            count++;
        }

        return count;
    }

    private async Task VisitAsync(HttpClient http, int user, bool orders, int product, CancellationToken stopping)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            using var answer = orders
                ? await http.PostAsJsonAsync(
                    "/orders",
                    new OrderRequest($"user-{user}", [new(Catalog.Skus[product], 1 + (user % 3))]),
                    StorefrontJson.Default.OrderRequest,
                    stopping)
                : await http.GetAsync($"/products/user-{user}/recommendations", stopping);
            await answer.Content.CopyToAsync(Stream.Null, stopping);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // A customer who is not served goes away.
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
