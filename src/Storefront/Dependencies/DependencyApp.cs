using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Storefront.Dependencies;

/// <summary>The machine-learning model, pricing, inventory and the order database, each at an address of its own, with honest latencies.</summary>
internal static class DependencyApp
{
    private const int KeptOrders = 10_000;

    public static async Task<(WebApplication App, IReadOnlyDictionary<string, string> Addresses)> StartAsync(int seed)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls([.. DependencyNames.All.Select(_ => "http://127.0.0.1:0")]);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, StorefrontJson.Default));
        var app = builder.Build();
        Map(app, seed);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return (app, DependencyNames.All.Zip(addresses).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal));
    }

    private static void Map(WebApplication app, int seed)
    {
        var ml = new ServiceTime(24, 0.35, seed, TimeProvider.System);
        var pricing = new ServiceTime(9, 0.4, seed + 1, TimeProvider.System);
        var inventory = new ServiceTime(6, 0.4, seed + 2, TimeProvider.System);
        var database = new ServiceTime(5, 0.5, seed + 3, TimeProvider.System);
        var orders = new ConcurrentDictionary<string, StoredOrder>(StringComparer.Ordinal);

        app.MapGet("/ml-model/users/{userId}", async (string userId, CancellationToken cancel) =>
        {
            await ml.PassAsync(cancel);
            return TypedResults.Json(Catalog.Around(userId, 7).ToList(), StorefrontJson.Default.ListString);
        });
        app.MapPost("/pricing/quotes", async (OrderRequest order, CancellationToken cancel) =>
        {
            await pricing.PassAsync(cancel);
            var full = order.Items!.Sum(line => Catalog.Prices[line.Sku!] * line.Quantity);
            return TypedResults.Json(new PriceAnswer(Math.Round(full * 0.94m, 2)), StorefrontJson.Default.PriceAnswer);
        });
        app.MapPut("/inventory/reservations/{orderId}", async (string orderId, OrderRequest order, CancellationToken cancel) =>
        {
            await inventory.PassAsync(cancel);
            return TypedResults.Json(new ReserveAnswer(order.Items is { Count: > 0 }), StorefrontJson.Default.ReserveAnswer);
        });
        app.MapPut("/orders-db/orders/{orderId}", async (string orderId, StoredOrder order, CancellationToken cancel) =>
        {
            await database.PassAsync(cancel);
            if (orders.Count < KeptOrders)
            {
                orders[orderId] = order;
            }

            return TypedResults.NoContent();
        });
        app.MapGet("/orders-db/purchases/{userId}", async (string userId, CancellationToken cancel) =>
        {
            await database.PassAsync(cancel);
            return TypedResults.Json(Catalog.Around(userId, 3).ToList(), StorefrontJson.Default.ListString);
        });
    }
}
