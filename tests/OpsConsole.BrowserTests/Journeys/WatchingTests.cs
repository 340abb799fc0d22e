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
    public async Task The_canvas_shows_each_trace_in_its_colour_and_higher_values_higher_up()
    {
        await using var tab = await console.OpenAsync("/");

        await tab.Page.WaitForFunctionAsync(
            """
            () => {
              const chart = document.querySelector('ops-chart[heading=Latency]');
              const colour = name => [1, 3, 5].map(at => parseInt(getComputedStyle(chart).getPropertyValue(name).trim().slice(at, at + 2), 16));
              const heights = name => {
                const [red, green, blue] = colour(name);
                const found = [];
                for (const canvas of chart.querySelectorAll('canvas')) {
                  const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                  for (let at = 0; at < data.length; at += 4) {
                    const off = Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue);
                    if (data[at + 3] > 200 && off < 24) found.push(Math.floor(at / 4 / width));
                  }
                }
                return found;
              };
              const [p50, p99] = [heights('--series-1'), heights('--series-3')];
              const middle = found => found.reduce((sum, y) => sum + y, 0) / found.length;
              return p50.length > 10 && p99.length > 10 && middle(p99) < middle(p50);
            }
            """,
            null,
            new() { Timeout = 30_000 });
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
