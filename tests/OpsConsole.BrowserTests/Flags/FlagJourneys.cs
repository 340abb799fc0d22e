using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using OpsConsole.BrowserTests.Hosting;
using static Microsoft.Playwright.Assertions;

namespace OpsConsole.BrowserTests.Flags;

public sealed class FlagJourneys(LiveConsole console)
{
    [Fact]
    public async Task An_operator_turns_a_flag_OFF_with_one_click_and_ON_through_a_dialog()
    {
        var key = await CreateAsync("journey-flip");
        await using var tab = await console.OpenAsync($"/flags?q={key}");
        await tab.InteractiveAsync();
        var row = tab.Page.Locator($"tr[data-flag={key}]");

        // A click beside the button changes nothing.
        await row.Locator("td").Nth(1).ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Turn OFF journey-flip" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Requested OFF, serving OFF");

        await row.GetByRole(AriaRole.Button, new() { Name = "Turn ON… journey-flip" }).ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("error rate");
        await tab.AssertAccessibleAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        Assert.False((await ReadAsync(key)).GetProperty("enabled").GetBoolean());

        await row.GetByRole(AriaRole.Button, new() { Name = "Turn ON… journey-flip" }).ClickAsync();
        await dialog.GetByLabel("Reason").FillAsync("the launch");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Turn ON", Exact = true }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(row).ToContainTextAsync("Requested ON, serving ON");
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task The_search_is_kept_in_the_address()
    {
        await CreateAsync("journey-search");
        await using var tab = await console.OpenAsync("/flags");
        await tab.InteractiveAsync();
        await tab.Page.GetByLabel("Search", new() { Exact = true }).FillAsync("journey-search");
        await Expect(tab.Page.Locator("tr[data-flag]")).ToHaveCountAsync(1);
        await tab.Page.WaitForURLAsync("**/flags?q=journey-search");
        await tab.Page.ReloadAsync();
        await Expect(tab.Page.Locator("tr[data-flag]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_wrong_field_says_so_and_loses_nothing_that_was_typed()
    {
        await using var tab = await console.OpenAsync("/flags/new");
        await tab.InteractiveAsync();
        await tab.Page.GetByLabel("Key", new() { Exact = true }).FillAsync("journey-new");
        await tab.Page.GetByLabel("Percentage").FillAsync("many");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator("#flag-percentage-error")).ToHaveTextAsync("This is not a number.");
        await Expect(tab.Page.GetByLabel("Percentage")).ToHaveValueAsync("many");
        await tab.Page.GetByLabel("Percentage").FillAsync("25");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await tab.Page.WaitForURLAsync("**/flags/journey-new");
        Assert.Equal(25, (await ReadAsync("journey-new")).GetProperty("percentage").GetInt32());
    }

    [Fact]
    public async Task Two_operators_who_edit_the_same_flag_merge_field_by_field()
    {
        var key = await CreateAsync("journey-conflict");
        await using var tab = await console.OpenAsync($"/flags/{key}/edit");
        await tab.InteractiveAsync();
        await tab.Page.GetByLabel("Highest p95 latency").FillAsync("900");
        await tab.Page.GetByLabel("Description").FillAsync("mine");
        await PutAsync(key, "theirs", ifMatch: "\"1\"");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("theirs");
        await tab.AssertAccessibleAsync();
        await dialog.GetByRole(AriaRole.Row).Filter(new() { HasText = "Description" }).GetByRole(AriaRole.Radio).First.CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save as chosen" }).ClickAsync();
        await tab.Page.WaitForURLAsync($"**/flags/{key}");

        var merged = await ReadAsync(key);
        Assert.Equal("theirs", merged.GetProperty("description").GetString());
        Assert.Equal(900, merged.GetProperty("conditions").GetProperty("maxLatency").GetDouble());
        Assert.Equal(3, merged.GetProperty("revision").GetInt64());
    }

    [Theory]
    [InlineData("/flags", "dark")]
    [InlineData("/flags", "light")]
    [InlineData("/flags/ml-recommendations", "dark")]
    [InlineData("/flags/ml-recommendations", "light")]
    [InlineData("/flags/ml-recommendations/edit", "dark")]
    [InlineData("/flags/ml-recommendations/edit", "light")]
    public async Task Pages_of_flags_are_accessible_and_fit_a_phone(string path, string theme)
    {
        foreach (var width in new[] { 1440, 390 })
        {
            await using var tab = await console.OpenAsync(path, theme, width);
            await tab.InteractiveAsync();
            await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            await tab.AssertAccessibleAsync();
            await tab.AssertFitsAsync();
            Assert.Empty(tab.Problems);
            if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { } directory)
            {
                await tab.Page.ScreenshotAsync(new() { Path = $"{directory}/{path.Replace('/', '_')}-{theme}-{width}.png", FullPage = true });
            }
        }
    }

    private async Task<string> CreateAsync(string key)
    {
        await PutAsync(key, "made for a journey", ifMatch: null);
        return key;
    }

    private async Task PutAsync(string key, string description, string? ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/flags/" + key)
        {
            Content = JsonContent.Create(new
            {
                description,
                enabled = true,
                conditions = new { service = "storefront", maxErrorRate = 99, maxLatency = 60000, recoverForSeconds = 1 },
            }),
        };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var response = await console.Api.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private async Task<JsonElement> ReadAsync(string key) =>
        await console.Api.GetFromJsonAsync<JsonElement>("/api/v1/flags/" + key, TestContext.Current.CancellationToken);
}
