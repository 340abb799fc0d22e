using Microsoft.Extensions.Caching.Memory;
using OpsConsole.Client;

namespace Storefront.Instance;

/// <summary>What to show a user: by machine learning, by what similar users bought, or what is popular; and what was shown before when that fails.</summary>
internal sealed partial class Recommender(IFlags flags, DependencyClient dependencies, IMemoryCache cache, ILogger<Recommender> logger)
{
    private static readonly MemoryCacheEntryOptions Kept = new() { Size = 1, SlidingExpiration = TimeSpan.FromMinutes(10) };
    private static readonly IReadOnlyList<string> Popular = [.. Catalog.Skus.Take(8)];

    public async Task<Recommendations> RecommendAsync(string userId, CancellationToken cancel)
    {
        try
        {
            var chosen = await ChooseAsync(userId, cancel);
            cache.Set(userId, chosen.Items, Kept);
            return chosen;
        }
        catch (Exception e) when (DependencyPipelines.IsFailure(e))
        {
            LogFailed(userId, e.Message);
            return new("cached", cache.Get<IReadOnlyList<string>>(userId) ?? []);
        }
    }

    private async Task<Recommendations> ChooseAsync(string userId, CancellationToken cancel)
    {
        var user = new FlagContext(userId);
        if (await flags.IsEnabledAsync("ml-recommendations", user, cancel))
        {
            return new("ml", await dependencies.PredictAsync(userId, cancel));
        }

        if (await flags.IsEnabledAsync("collaborative-filtering", user, cancel))
        {
            var bought = await dependencies.PurchasesAsync(userId, cancel);
            return new("collaborative", [.. bought.SelectMany(sku => Catalog.Around(sku, 11)).Distinct(StringComparer.Ordinal).Take(8)]);
        }

        return new("popular", Popular);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{User} gets what was shown before: {Problem}")]
    private partial void LogFailed(string user, string problem);
}
