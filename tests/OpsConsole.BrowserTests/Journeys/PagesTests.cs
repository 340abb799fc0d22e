using System.Net;
using OpsConsole.BrowserTests.Hosting;

namespace OpsConsole.BrowserTests.Journeys;

public sealed class PagesTests(LiveConsole console)
{
    private static readonly string[] Paths =
    [
        "/", "/wall", "/flags", "/flags/ml-recommendations", "/flags/new", "/flags/ml-recommendations/edit", "/experiments",
        "/experiments/network-latency", "/experiments/network-latency/copy", "/runs", "/halted", "/timeline", "/account", "/replicas", "/access-denied", "/nowhere",
    ];

    public static TheoryData<string, string> EveryPageInBothThemes =>
        [.. Paths.SelectMany(path => new[] { (path, "dark"), (path, "light") })];

    public static TheoryData<string> EveryPage => [.. Paths];

    [Theory]
    [MemberData(nameof(EveryPageInBothThemes))]
    public async Task A_page_has_nothing_that_axe_objects_to(string path, string theme)
    {
        await using var tab = await console.OpenAsync(path, theme);
        await tab.InteractiveAsync();

        Assert.Equal(theme, await tab.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        await tab.AssertAccessibleAsync();
        Assert.DoesNotContain(tab.Problems, problem => path != "/nowhere" || !problem.Contains("404", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(EveryPage))]
    public async Task A_page_fits_a_phone_and_shows_HALT(string path)
    {
        await using var tab = await console.OpenAsync(path, width: 390, height: 844);
        await tab.InteractiveAsync();

        await tab.AssertFitsAsync();
        Assert.True(await tab.Page.GetByText("HALT ALL").First.IsVisibleAsync());
    }

    [Fact]
    public async Task The_sign_in_page_is_accessible_and_fits_a_phone()
    {
        await using var tab = await console.OpenAsync("/login", "light", width: 390, height: 844);

        await tab.AssertAccessibleAsync();
        await tab.AssertFitsAsync();
    }

    [Fact]
    public async Task An_unknown_page_is_a_404_that_leads_back()
    {
        using var answer = await console.Api.GetAsync("/nowhere", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
