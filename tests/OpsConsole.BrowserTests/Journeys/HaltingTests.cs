using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OpsConsole.BrowserTests.Hosting;

namespace OpsConsole.BrowserTests.Journeys;

public sealed partial class HaltingTests(LiveConsole console)
{
    [Fact]
    public async Task A_real_fault_sheds_a_flag_and_a_halt_brings_it_back_with_nobody_flipping_it()
    {
        const string Key = "journey-shed";
        using var created = await console.Api.PutAsJsonAsync(
            $"/api/v1/flags/{Key}",
            new { enabled = true, conditions = new { service = "storefront", maxLatency = 180, recoverForSeconds = 2 } },
            TestContext.Current.CancellationToken);
        created.EnsureSuccessStatusCode();
        await console.FlagBecomesAsync(Key, "served", expected: true);

        await using var tab = await console.OpenAsync("/experiments/network-latency");
        await LaunchAsync(tab);
        await Assertions.Expect(tab.Page.Locator("[aria-current=step]")).ToContainTextAsync("Running", new() { Timeout = 60_000 });
        await console.FlagBecomesAsync(Key, "served", expected: false);
        await console.FlagBecomesAsync(Key, "enabled", expected: true);

        await using (var flags = await console.OpenAsync($"/flags?q={Key}"))
        {
            await Assertions.Expect(flags.Page.Locator($"tr[data-flag={Key}]")).ToContainTextAsync("shed");
        }

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "HALT ALL" }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync(ProvenGone());
        await console.FlagBecomesAsync(Key, "served", expected: true);
        await console.FlagBecomesAsync(Key, "enabled", expected: true);
    }

    [Fact]
    public async Task By_keyboard_alone_an_operator_finds_the_keys_launches_and_halts_and_sees_the_recovery()
    {
        await using var tab = await console.OpenAsync("/");
        await tab.Page.Keyboard.PressAsync("?");
        await Assertions.Expect(tab.Page.Locator("dialog#keys")).ToBeVisibleAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await tab.Page.Keyboard.PressAsync("g");
        await tab.Page.Keyboard.PressAsync("e");
        await tab.Page.WaitForURLAsync("**/experiments");

        await tab.Page.GotoAsync("/experiments/database-failover");
        await tab.InteractiveAsync();
        var launch = tab.Page.GetByRole(AriaRole.Button, new() { Name = "Launch" });
        await Assertions.Expect(launch).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await tab.Page.GetByLabel("Reason").FocusAsync();
        await tab.Page.Keyboard.TypeAsync("does it fail fast?");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.WaitForURLAsync("**/runs/*");
        await Assertions.Expect(tab.Page.Locator("[aria-current=step]")).ToContainTextAsync("Running", new() { Timeout = 60_000 });
        var run = tab.Page.Url;

        await tab.Page.Locator("body").PressAsync("Shift+H");
        await tab.Page.WaitForURLAsync("**/halted**");
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync(ProvenGone());

        await tab.Page.GotoAsync(run);
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("Halted", new() { Timeout = 60_000 });
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync(Outcome(), new() { Timeout = 120_000 });
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task Halt_works_on_a_page_without_scripts_and_without_a_circuit()
    {
        await using var context = await console.WithoutScriptsAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync("/flags");

        await page.GetByRole(AriaRole.Button, new() { Name = "HALT ALL" }).ClickAsync();

        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/halted", RegexOptions.None, TimeSpan.FromSeconds(5)));
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Last halt");
    }

    private static async Task LaunchAsync(Tab tab)
    {
        await tab.InteractiveAsync();
        var launch = tab.Page.GetByRole(AriaRole.Button, new() { Name = "Launch" });
        await Assertions.Expect(launch).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await launch.DblClickAsync();
        await tab.Page.WaitForURLAsync("**/runs/*");
    }

    [GeneratedRegex("1 of 1 run proven gone", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex ProvenGone();

    [GeneratedRegex("Tolerated|Degraded|Inconclusive", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Outcome();
}
