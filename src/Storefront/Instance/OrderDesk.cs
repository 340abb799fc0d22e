using System.Globalization;
using OpsConsole.Client;

namespace Storefront.Instance;

/// <summary>Takes orders. The order itself always goes through; the better price and the reservation only while their flags are served.</summary>
internal sealed partial class OrderDesk(IFlags flags, DependencyClient dependencies, TimeProvider time, ILogger<OrderDesk> logger)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);
    private const int MostLines = 100;
    private const int MostOfOne = 1000;
    private long _unreserved;
    private long _toldAt;

    /// <summary>What is wrong with an order, by member.</summary>
    public static Dictionary<string, string[]> Check(OrderRequest? order)
    {
        Dictionary<string, string[]> errors = new(StringComparer.Ordinal);
        if (order?.CustomerId is not { Length: > 0 and <= 100 })
        {
            errors["customerId"] = ["Say who orders, in at most 100 characters."];
        }

        if (order?.Items is not { Count: > 0 and <= MostLines } items)
        {
            errors["items"] = [$"Order 1 to {MostLines} products."];
        }
        else
        {
            for (var i = 0; i < items.Count; i++)
            {
                if (items[i]?.Sku is not { } sku || !Catalog.Prices.ContainsKey(sku))
                {
                    errors[$"items[{i}].sku"] = ["There is no such product; they are sku-001 to sku-200."];
                }
                else if (items[i].Quantity is < 1 or > MostOfOne)
                {
                    errors[$"items[{i}].quantity"] = [$"Order 1 to {MostOfOne} of a product."];
                }
            }
        }

        return errors;
    }

    /// <summary>Takes an order that <see cref="Check"/> found nothing wrong with. Throws if the order database cannot keep it.</summary>
    public async Task<OrderAnswer> TakeAsync(OrderRequest order, CancellationToken cancel)
    {
        var orderId = Guid.CreateVersion7(time.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture);
        var customer = new FlagContext(order.CustomerId);
        var quote = await flags.IsEnabledAsync("advanced-pricing", customer, cancel) ? await QuoteAsync(order, cancel) : null;
        var reserved = await flags.IsEnabledAsync("inventory-reservation", customer, cancel) && await ReserveAsync(orderId, order, cancel);
        var total = quote ?? order.Items!.Sum(line => Catalog.Prices[line.Sku!] * line.Quantity);
        await dependencies.StoreAsync(new(orderId, order.CustomerId!, order.Items!, total), cancel);
        if (!reserved)
        {
            TellOfUnreserved();
        }

        return new(orderId, quote is null ? "basic" : "advanced", reserved, total);
    }

    private async Task<decimal?> QuoteAsync(OrderRequest order, CancellationToken cancel)
    {
        try
        {
            return await dependencies.QuoteAsync(order, cancel);
        }
        catch (Exception e) when (DependencyPipelines.IsFailure(e))
        {
            return null;
        }
    }

    private async Task<bool> ReserveAsync(string orderId, OrderRequest order, CancellationToken cancel)
    {
        try
        {
            return await dependencies.ReserveAsync(orderId, order, cancel);
        }
        catch (Exception e) when (DependencyPipelines.IsFailure(e))
        {
            return false;
        }
    }

    private void TellOfUnreserved()
    {
        Interlocked.Increment(ref _unreserved);
        var toldAt = Interlocked.Read(ref _toldAt);
        var now = time.GetTimestamp();
        if ((toldAt == 0 || time.GetElapsedTime(toldAt, now) >= TellEvery) && Interlocked.CompareExchange(ref _toldAt, now, toldAt) == toldAt)
        {
            LogUnreserved(Interlocked.Exchange(ref _unreserved, 0));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} orders were taken without reserving stock; slight overselling is accepted.")]
    private partial void LogUnreserved(long count);
}
