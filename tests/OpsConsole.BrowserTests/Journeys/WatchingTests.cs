using Microsoft.Playwright;
using OpsConsole.BrowserTests.Hosting;

namespace OpsConsole.BrowserTests.Journeys;

public sealed class WatchingTests(LiveConsole console)
{
    [Fact]
    public async Task The_printed_link_opened_the_console_and_the_figures_move()
    {
        await using var tab = await console.OpenAsync("/");
        var vitals = tab.Page.Locator("ops-vitals[service=storefront]").First;

        await Assertions.Expect(vitals).ToContainTextAsync("fresh");
        await Assertions.Expect(vitals).ToContainTextAsync("req/s");
        var first = await vitals.InnerTextAsync();
        await Assertions.Expect(vitals).Not.ToHaveTextAsync(first, new() { Timeout = 15_000 });
        await Assertions.Expect(tab.Page.Locator("ops-chart canvas")).Not.ToHaveCountAsync(0);
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task Who_only_looks_holds_no_circuit()
    {
        var sockets = new List<string>();
        await using var tab = await console.OpenAsync("/login");
        tab.Page.WebSocket += (_, socket) => sockets.Add(new Uri(socket.Url).AbsolutePath);

        await tab.Page.GotoAsync("/wall");
        await Assertions.Expect(tab.Page.Locator("ops-freshness")).ToContainTextAsync("fresh");

        Assert.Equal(["/hubs/health"], sockets);
    }

    [Fact]
    public async Task A_chart_has_a_table_twin_for_those_who_do_not_see_it()
    {
        await using var tab = await console.OpenAsync("/");
        var chart = tab.Page.Locator("ops-chart").First;

        await chart.GetByText("Table").ClickAsync();

        await Assertions.Expect(chart.GetByRole(AriaRole.Table)).ToBeVisibleAsync();
        await Assertions.Expect(chart.GetByRole(AriaRole.Row)).Not.ToHaveCountAsync(0);
    }
}
