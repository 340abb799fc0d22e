using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using OpsConsole.BrowserTests.Hosting;

namespace OpsConsole.BrowserTests.Journeys;

public sealed class FlippingTests(LiveConsole console)
{
    [Fact]
    public async Task A_flip_changes_what_the_customers_of_the_Storefront_get()
    {
        await console.RecommendsFromAsync("ml");
        await using var tab = await console.OpenAsync("/flags");
        await tab.InteractiveAsync();

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Turn OFF ml-recommendations" }).ClickAsync();
        await console.RecommendsFromAsync("collaborative");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Turn ON… ml-recommendations" }).ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("error rate");
        await dialog.GetByLabel("Reason").FillAsync("the model is well again");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Turn ON", Exact = true }).ClickAsync();
        await console.RecommendsFromAsync("ml");

        await tab.Page.GotoAsync("/timeline");
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("the model is well again");
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task Two_operators_on_one_flag_see_both_versions_and_lose_nothing()
    {
        const string Key = "journey-two-versions";
        await PutAsync(Key, new { description = "first", enabled = false }, "*");
        await using var tab = await console.OpenAsync($"/flags/{Key}/edit");
        await tab.InteractiveAsync();
        await tab.Page.GetByLabel("Description").FillAsync("mine");
        await PutAsync(Key, new { description = "theirs", enabled = false, percentage = 40 }, revision: null);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("theirs");
        await Assertions.Expect(dialog).ToContainTextAsync("mine");
        await tab.AssertAccessibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save as chosen" }).ClickAsync();
        await tab.Page.WaitForURLAsync($"**/flags/{Key}");

        var flag = await console.Api.GetFromJsonAsync<JsonElement>($"/api/v1/flags/{Key}", TestContext.Current.CancellationToken);
        Assert.Equal("mine", flag.GetProperty("description").GetString());
        Assert.Equal(40, flag.GetProperty("percentage").GetInt32());
    }

    private async Task PutAsync(string key, object flag, string? revision)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/flags/{key}") { Content = JsonContent.Create(flag) };
        if (revision is null)
        {
            using var current = await console.Api.GetAsync($"/api/v1/flags/{key}", TestContext.Current.CancellationToken);
            request.Headers.TryAddWithoutValidation("If-Match", current.Headers.ETag?.ToString());
        }
        else
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", revision);
        }

        using var answer = await console.Api.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
