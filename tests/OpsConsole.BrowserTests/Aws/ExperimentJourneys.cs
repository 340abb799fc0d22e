using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OpsConsole.BrowserTests.Hosting;
using static Microsoft.Playwright.Assertions;

namespace OpsConsole.BrowserTests.Aws;

[Collection(AwsMode.Name)]
public sealed partial class ExperimentJourneys(LiveAwsConsole console)
{
    [Fact]
    public async Task A_template_is_dry_run_launched_followed_halted_and_judged_and_the_charts_say_so()
    {
        await using var tab = await console.OpenAsync("/experiments");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Stop the shop's instances", Exact = true }).ClickAsync();
        await tab.InteractiveAsync();
        var dryRun = tab.Page.GetByRole(AriaRole.Region, new() { Name = "Dry run" });
        await Expect(tab.Page.Locator("#launch-why")).ToContainTextAsync("dry run");
        await dryRun.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(dryRun).ToContainTextAsync("Resolved");
        await Expect(dryRun.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);

        await LaunchAsync(tab);
        await Expect(tab.Page.Locator("[aria-current=step]")).ToContainTextAsync("Running", new() { Timeout = 60_000 });
        await Expect(tab.Page.Locator("main")).ToContainTextAsync($"of {console.Template}");
        await Expect(tab.Page.Locator("main")).ToContainTextAsync("aws:ec2:stop-instances");
        await tab.AssertAccessibleAsync();

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Halt this run" }).ClickAsync();
        await Expect(tab.Page.Locator("main")).ToContainTextAsync("Halted", new() { Timeout = 60_000 });
        await Expect(tab.Page.Locator("main")).ToContainTextAsync(Outcome(), new() { Timeout = 120_000 });
        Assert.Equal("stopped", console.Aws.Fis.Experiments[^1].Status);

        await tab.Page.GotoAsync($"/?service={LiveAwsConsole.Service}");
        await Expect(tab.Page.Locator(".chart-mark[data-family=run]")).Not.ToHaveCountAsync(0);
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task An_experiment_that_Parameter_Store_maps_says_where_its_template_comes_from_and_runs_it()
    {
        const string Parameter = LiveAwsConsole.Parameters + "/experiments/network-latency/template";
        await using var tab = await console.OpenAsync("/experiments");
        await Expect(tab.Page.Locator("main")).ToContainTextAsync($"{LiveAwsConsole.Parameters}/experiments/nothing/template maps a template to an experiment that does not exist");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Network latency", Exact = true }).ClickAsync();
        await tab.InteractiveAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "Template" })).ToContainTextAsync(Parameter);
        await tab.Page.GetByRole(AriaRole.Region, new() { Name = "Dry run" }).GetByRole(AriaRole.Button).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "Dry run" })).ToContainTextAsync("Resolved");

        await LaunchAsync(tab);
        await Expect(tab.Page.Locator("[aria-current=step]")).ToContainTextAsync("Running", new() { Timeout = 60_000 });
        await Expect(tab.Page.Locator("main")).ToContainTextAsync(Parameter);
        await Expect(tab.Page.Locator("main")).ToContainTextAsync("aws:ec2:reboot-instances");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "HALT ALL" }).ClickAsync();
        await Expect(tab.Page.Locator("main")).ToContainTextAsync("1 of 1 run proven gone");
        await console.Console.UntilAsync("runs?experiment=network-latency", runs => runs.GetProperty("runs")[0].GetProperty("state").GetString() == "Halted");
        Assert.Empty(tab.Problems);
    }

    private static async Task LaunchAsync(Tab tab)
    {
        await tab.InteractiveAsync();
        var launch = tab.Page.GetByRole(AriaRole.Button, new() { Name = "Launch" });
        await Expect(launch).ToBeEnabledAsync(new() { Timeout = 60_000 });
        await launch.ClickAsync();
        await tab.Page.WaitForURLAsync("**/runs/*");
        await tab.InteractiveAsync();
    }

    [GeneratedRegex("Tolerated|Degraded|Inconclusive", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Outcome();
}
