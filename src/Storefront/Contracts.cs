using System.Text.Json.Serialization;

namespace Storefront;

internal sealed record Recommendations(string Source, IReadOnlyList<string> Items);

internal sealed record OrderRequest(string? CustomerId, IReadOnlyList<OrderLine>? Items);

internal sealed record OrderLine(string? Sku, int Quantity);

internal sealed record OrderAnswer(string OrderId, string Pricing, bool Reserved, decimal Total);

internal sealed record StoredOrder(string OrderId, string CustomerId, IReadOnlyList<OrderLine> Items, decimal Total);

internal sealed record PriceAnswer(decimal Total);

internal sealed record ReserveAnswer(bool Reserved);

internal sealed record TrafficSwitch(bool Enabled);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Recommendations))]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(OrderAnswer))]
[JsonSerializable(typeof(StoredOrder))]
[JsonSerializable(typeof(PriceAnswer))]
[JsonSerializable(typeof(ReserveAnswer))]
[JsonSerializable(typeof(TrafficSwitch))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(Microsoft.AspNetCore.Http.HttpValidationProblemDetails))]
[JsonSerializable(typeof(Microsoft.AspNetCore.Mvc.ProblemDetails))]
internal sealed partial class StorefrontJson : JsonSerializerContext;
