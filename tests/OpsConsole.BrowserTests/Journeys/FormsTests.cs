using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OpsConsole.BrowserTests.Hosting;
using static Microsoft.Playwright.Assertions;

namespace OpsConsole.BrowserTests.Journeys;

/// <summary>Fields, dialogs and notices, as somebody without a mouse meets them.</summary>
public sealed partial class FormsTests(LiveConsole console)
{
    [Fact]
    public async Task By_keyboard_a_flag_is_turned_OFF_and_taken_back_and_the_focus_stays_on_its_button()
    {
        const string Key = "keyboard-flip";
        await CreateAsync(Key);
        await using var tab = await console.OpenAsync($"/flags?q={Key}");
        await tab.InteractiveAsync();
        var row = tab.Page.Locator($"tr[data-flag={Key}]");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = $"Turn OFF {Key}" }).PressAsync("Enter");
        await Expect(row).ToContainTextAsync("Requested OFF, serving OFF");
        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = $"Turn ON… {Key}" })).ToBeFocusedAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync($"{Key} is OFF.");
        await tab.AssertAccessibleAsync();

        await tab.Page.Keyboard.PressAsync("u");
        await Expect(row).ToContainTextAsync("Requested ON, serving ON");
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync($"{Key} is requested ON.");
        Assert.Empty(tab.Problems);
    }

    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task A_dialog_takes_the_focus_gives_it_back_and_never_covers_HALT(int width)
    {
        var key = $"dialog-{width}";
        await CreateAsync(key, enabled: false);
        await using var tab = await console.OpenAsync($"/flags?q={key}", width: width);
        await tab.InteractiveAsync();
        var ask = tab.Page.GetByRole(AriaRole.Button, new() { Name = $"Turn ON… {key}" });

        await ask.PressAsync("Enter");
        var reason = tab.Page.GetByRole(AriaRole.Dialog).GetByLabel("Reason");
        await Expect(reason).ToBeFocusedAsync();
        Assert.Equal("HALT ALL", await WhatIsUnderTheMouseOnHaltAsync(tab));
        await tab.AssertFitsAsync();
        for (var i = 0; i < 6; i++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            // The dialog's trap asks the server where the focus goes on.
            await Expect(tab.Page.Locator("[role=dialog] :focus")).ToHaveCountAsync(1);
        }

        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Expect(ask).ToBeFocusedAsync();
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task A_form_that_is_wrong_takes_the_focus_to_the_first_field_that_says_why()
    {
        await using var tab = await console.OpenAsync("/experiments/new");
        await tab.InteractiveAsync();

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).PressAsync("Enter");

        var key = tab.Page.GetByLabel("Key", new() { Exact = true });
        await Expect(key).ToBeFocusedAsync();
        await Expect(key).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(tab.Page.Locator("#" + await key.GetAttributeAsync("aria-describedby"))).Not.ToBeEmptyAsync();
        await tab.AssertAccessibleAsync();
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task A_form_that_was_saved_says_so_once()
    {
        const string Key = "saved-once";
        await CreateAsync(Key);
        await using var tab = await console.OpenAsync($"/flags/{Key}/edit");
        await tab.InteractiveAsync();

        await tab.Page.GetByLabel("Description").FillAsync("written anew");
        await tab.Page.GetByLabel("Description").PressAsync("Enter");

        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync($"{Key} is saved as revision 2.");
        await Expect(tab.Page).ToHaveURLAsync(EndsWithTheKey());
        await tab.Page.ReloadAsync();
        await tab.InteractiveAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_list_of_choices_is_opened_and_chosen_from_by_keyboard()
    {
        await using var tab = await console.OpenAsync("/timeline");
        await tab.InteractiveAsync();
        var kind = tab.Page.GetByRole(AriaRole.Combobox, new() { Name = "Kind" });

        await kind.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Option, new() { Name = "flags" })).ToBeVisibleAsync();
        await tab.AssertAccessibleAsync();
        await tab.Page.Keyboard.PressAsync("ArrowDown");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(kind).ToHaveValueAsync("flags");
        await tab.Page.GetByLabel("Who").PressAsync("Enter");

        await tab.Page.WaitForURLAsync("**/timeline?kind=flag.&**");
        await Expect(tab.Page.GetByRole(AriaRole.Combobox, new() { Name = "Kind" })).ToHaveValueAsync("flags");
        Assert.Empty(tab.Problems);
    }

    private static Task<string> WhatIsUnderTheMouseOnHaltAsync(Tab tab) => tab.Page.EvaluateAsync<string>("""
        () => {
          const box = document.querySelector('form[data-halt] button').getBoundingClientRect();
          return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).textContent.trim();
        }
        """);

    private async Task CreateAsync(string key, bool enabled = true)
    {
        using var created = await console.Api.PutAsJsonAsync(
            $"/api/v1/flags/{key}", new { description = "made for a journey", enabled }, TestContext.Current.CancellationToken);
        created.EnsureSuccessStatusCode();
    }

    [GeneratedRegex("/flags/saved-once$", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex EndsWithTheKey();
}
