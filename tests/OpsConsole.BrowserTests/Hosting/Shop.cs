using System.Net.Http.Json;
using System.Text.Json;

namespace OpsConsole.BrowserTests.Hosting;

/// <summary>The Storefront as its customers see it.</summary>
public static class Shop
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Asks for recommendations, each time as another customer, until they come from where they are expected.</summary>
    public static Task RecommendsFromAsync(this LiveConsole console, string source) => UntilAsync(
        async () =>
        {
            var customer = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
            var answer = await console.Api.GetFromJsonAsync<JsonElement>(
                new Uri(console.Storefront, $"/products/{customer}/recommendations"), TestContext.Current.CancellationToken);
            return answer.GetProperty("source").GetString();
        },
        source);

    /// <summary>Asks the automation API for a member of a flag until it is as expected.</summary>
    public static Task FlagBecomesAsync(this LiveConsole console, string key, string member, bool expected) => UntilAsync(
        async () =>
        {
            var flag = await console.Api.GetFromJsonAsync<JsonElement>($"/api/v1/flags/{key}", TestContext.Current.CancellationToken);
            return flag.GetProperty(member).GetBoolean();
        },
        expected);

    private static async Task UntilAsync<T>(Func<Task<T>> ask, T expected)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        var deadline = TimeProvider.System.GetUtcNow() + Patience;
        T last;
        do
        {
            last = await ask();
            if (EqualityComparer<T>.Default.Equals(last, expected))
            {
                return;
            }
        }
        while (await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken) && TimeProvider.System.GetUtcNow() < deadline);

        Assert.Equal(expected, last);
    }
}
