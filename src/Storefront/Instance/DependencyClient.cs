using System.Text.Json.Serialization.Metadata;
using Storefront.Dependencies;

namespace Storefront.Instance;

/// <summary>The calls to the dependencies, each through its pipeline.</summary>
internal sealed class DependencyClient(IHttpClientFactory clients, DependencyPipelines pipelines)
{
    public Task<List<string>> PredictAsync(string userId, CancellationToken cancel) =>
        GetAsync(DependencyNames.MlModel, $"ml-model/users/{Uri.EscapeDataString(userId)}", cancel);

    public Task<List<string>> PurchasesAsync(string userId, CancellationToken cancel) =>
        GetAsync(DependencyNames.OrdersDb, $"orders-db/purchases/{Uri.EscapeDataString(userId)}", cancel);

    public async Task<decimal> QuoteAsync(OrderRequest order, CancellationToken cancel) =>
        (await SendAsync(
            DependencyNames.Pricing, HttpMethod.Post, "pricing/quotes", order, StorefrontJson.Default.OrderRequest,
            StorefrontJson.Default.PriceAnswer, cancel))!.Total;

    public async Task<bool> ReserveAsync(string orderId, OrderRequest order, CancellationToken cancel) =>
        (await SendAsync(
            DependencyNames.Inventory, HttpMethod.Put, $"inventory/reservations/{orderId}", order, StorefrontJson.Default.OrderRequest,
            StorefrontJson.Default.ReserveAnswer, cancel))!.Reserved;

    public Task StoreAsync(StoredOrder order, CancellationToken cancel) =>
        SendAsync<StoredOrder, PriceAnswer>(
            DependencyNames.OrdersDb, HttpMethod.Put, $"orders-db/orders/{order.OrderId}", order, StorefrontJson.Default.StoredOrder, null, cancel);

    private async Task<List<string>> GetAsync(string dependency, string path, CancellationToken cancel) =>
        await pipelines[dependency].ExecuteAsync(
            async token => await clients.CreateClient(dependency).GetFromJsonAsync(path, StorefrontJson.Default.ListString, token), cancel) ?? [];

    private async Task<TAnswer?> SendAsync<T, TAnswer>(
        string dependency,
        HttpMethod method,
        string path,
        T body,
        JsonTypeInfo<T> bodyType,
        JsonTypeInfo<TAnswer>? answerType,
        CancellationToken cancel) =>
        await pipelines[dependency].ExecuteAsync(
            async token =>
            {
                using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, bodyType) };
                using var answer = await clients.CreateClient(dependency).SendAsync(request, token);
                answer.EnsureSuccessStatusCode();
                return answerType is null ? default : await answer.Content.ReadFromJsonAsync(answerType, token);
            },
            cancel);
}
