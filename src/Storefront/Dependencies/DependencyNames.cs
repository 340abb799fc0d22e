namespace Storefront.Dependencies;

/// <summary>What the instances depend on.</summary>
internal static class DependencyNames
{
    public const string MlModel = "ml-model";
    public const string Pricing = "pricing";
    public const string Inventory = "inventory";
    public const string OrdersDb = "orders-db";

    public static IReadOnlyList<string> All { get; } = [MlModel, Pricing, Inventory, OrdersDb];

    public static string Write(IEnumerable<KeyValuePair<string, string>> addresses) =>
        string.Join(';', addresses.Select(address => $"{address.Key}={address.Value}"));

    public static IReadOnlyDictionary<string, Uri> Parse(string addresses) =>
        addresses.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(address => address.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => new Uri(parts[1]), StringComparer.Ordinal);
}
