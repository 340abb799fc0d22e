using Microsoft.Playwright;
using OpsConsole.BrowserTests.Hosting;
using static Microsoft.Playwright.Assertions;

namespace OpsConsole.BrowserTests.Aws;

[Collection(AwsMode.Name)]
public sealed class RunbookJourneys(LiveAwsConsole console)
{
    [Fact]
    public async Task A_runbook_is_started_waits_for_approval_and_goes_on_when_it_has_it()
    {
        await using var tab = await StartAsync("scale-up-resources", LiveAwsConsole.Service);
        var approval = tab.Page.GetByRole(AriaRole.Region, new() { Name = "Approval" });
        await Expect(approval).ToContainTextAsync("step Confirm waits");
        await approval.GetByLabel("Reason").FillAsync("the graphs agree");
        await tab.AssertAccessibleAsync();
        await approval.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();

        await Expect(tab.Page.Locator(".page-head")).ToContainTextAsync("succeeded", new() { IgnoreCase = true });
        await Expect(approval).ToHaveCountAsync(0);
        await Expect(tab.Page.GetByRole(AriaRole.Region, new() { Name = "Steps", Exact = true })).ToContainTextAsync("Capacity");
        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" })).ToBeDisabledAsync();
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task A_runbook_that_Parameter_Store_defines_is_stopped_with_one_press()
    {
        await using var tab = await StartAsync("drain-queue", service: null);
        await Expect(tab.Page.Locator(".page-head")).ToContainTextAsync("in progress", new() { IgnoreCase = true });
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(tab.Page.Locator(".page-head")).ToContainTextAsync("cancelled", new() { IgnoreCase = true });
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task The_parameters_say_what_each_means_and_what_cannot_be_used_and_show_no_secret()
    {
        await using var tab = await console.OpenAsync("/parameters");
        var main = tab.Page.Locator("main");
        await Expect(Row(tab, "experiments/network-latency/template")).ToContainTextAsync("template of network-latency");
        await Expect(Row(tab, "safeguards/max-latency")).ToContainTextAsync("ignored");
        await Expect(Row(tab, "safeguards/max-latency")).ToContainTextAsync("must be a number over 0");
        await Expect(Row(tab, "database/password")).ToContainTextAsync("secret, not read");
        await Expect(main).Not.ToContainTextAsync("never shown");
        Assert.Empty(tab.Problems);
    }

    private static ILocator Row(Tab tab, string name) =>
        tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = $"{LiveAwsConsole.Parameters}/{name}" }).First;

    private async Task<Tab> StartAsync(string runbook, string? service)
    {
        var tab = await console.OpenAsync("/runbooks");
        await tab.InteractiveAsync();
        var card = tab.Page.GetByRole(AriaRole.Region, new() { Name = runbook, Exact = true });
        if (service is not null)
        {
            await card.GetByLabel("Service").FillAsync(service);
        }

        await card.GetByLabel("Reason").FillAsync("seen in a journey");
        await card.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await tab.Page.WaitForURLAsync("**/runbooks/executions/*");
        await tab.InteractiveAsync();
        return tab;
    }
}
