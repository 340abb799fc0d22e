using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OpsConsole.BrowserTests.Aws;

[Collection(AwsMode.Name)]
public sealed class MonitoringJourneys(LiveAwsConsole console)
{
    [Fact]
    public async Task A_service_is_added_from_a_preset_tried_saved_and_its_health_and_alarms_come_by_themselves()
    {
        await using var tab = await console.OpenAsync("/monitoring");
        await tab.InteractiveAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Add a service" }).ClickAsync();
        await tab.Page.WaitForURLAsync("**/monitoring/new");
        await tab.InteractiveAsync();

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        var name = tab.Page.GetByLabel("Name", new() { Exact = true });
        await Expect(name).ToHaveAttributeAsync("aria-invalid", "true");

        await name.FillAsync("checkout");
        await tab.Page.GetByLabel("Period in seconds").FillAsync("5");
        await tab.Page.GetByLabel("Alarms").FillAsync(BusyAccount.Alarm);
        await tab.Page.GetByLabel("Metrics of").SelectOptionAsync("Application Load Balancer");
        await tab.Page.GetByLabel("Load balancer", new() { Exact = true }).FillAsync(BusyAccount.LoadBalancer);
        await tab.Page.GetByLabel("Load balancer", new() { Exact = true }).PressAsync("Tab");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Ask once now" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Group, new() { Name = "requests" })).ToContainTextAsync("UTC");
        await tab.AssertAccessibleAsync();

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await tab.Page.WaitForURLAsync("**/monitoring");
        var row = tab.Page.GetByRole(AriaRole.Row).Filter(new() { Has = tab.Page.GetByRole(AriaRole.Link, new() { Name = "checkout" }) });
        await Expect(row).ToContainTextAsync("fresh", new() { IgnoreCase = true });
        await Expect(row).ToContainTextAsync($"{BusyAccount.Alarm}: ok");
        await Expect(tab.Page.Locator("main")).ToContainTextAsync("calls a day");

        console.Aws.CloudWatch.SetAlarm(BusyAccount.Alarm, "ALARM", "3 datapoints were over 5.");
        await Expect(row).ToContainTextAsync($"{BusyAccount.Alarm}: in alarm");
        await tab.Page.GotoAsync("/?service=checkout");
        await Expect(tab.Page.Locator("main")).ToContainTextAsync($"{BusyAccount.Alarm}: in alarm");
        await Expect(tab.Page.Locator("ops-vitals[service=checkout]")).ToContainTextAsync("fresh");
        await Expect(tab.Page.Locator("ops-chart canvas")).Not.ToHaveCountAsync(0);
        Assert.Empty(tab.Problems);
    }
}
