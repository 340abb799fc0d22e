namespace Storefront;

/// <summary>What is sold: 200 products with fixed prices, the most popular first.</summary>
internal static class Catalog
{
    public const int Size = 200;

    public static IReadOnlyList<string> Skus { get; } = [.. Enumerable.Range(1, Size).Select(number => $"sku-{number:000}")];

    public static IReadOnlyDictionary<string, decimal> Prices { get; } =
        Skus.Select((sku, index) => (sku, price: 4.90m + (index * 37 % 95))).ToDictionary(entry => entry.sku, entry => entry.price, StringComparer.Ordinal);

    /// <summary>The products that suit a user by some numbering of tastes.</summary>
    public static IReadOnlyList<string> Around(string user, int step)
    {
        var start = user.Aggregate(17u, (hash, letter) => (hash * 31) + letter);
        return [.. Enumerable.Range(0, 8).Select(index => Skus[(int)((start + (uint)(index * step)) % Size)])];
    }
}
