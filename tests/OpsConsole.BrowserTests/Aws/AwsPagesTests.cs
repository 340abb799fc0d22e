namespace OpsConsole.BrowserTests.Aws;

[Collection(AwsMode.Name)]
public sealed class AwsPagesTests(LiveAwsConsole console)
{
    private static readonly string[] Paths =
    [
        "/?service=catalog", "/monitoring", "/monitoring/new", "/monitoring/catalog", "/experiments", "/experiments/network-latency", "/experiments/{template}",
        "/experiments/{template}/copy", "/runbooks", "/runbooks/executions/{execution}", "/parameters", "/halted",
    ];

    public static TheoryData<string, string> EveryPageInBothThemes => [.. Paths.SelectMany(path => new[] { (path, "dark"), (path, "light") })];

    public static TheoryData<string> EveryPage => [.. Paths];

    [Theory]
    [MemberData(nameof(EveryPageInBothThemes))]
    public async Task A_page_has_nothing_that_axe_objects_to(string path, string theme)
    {
        await using var tab = await console.OpenAsync(await FilledAsync(path), theme);
        await tab.InteractiveAsync();

        await tab.AssertAccessibleAsync();
        Assert.Empty(tab.Problems);
    }

    [Theory]
    [MemberData(nameof(EveryPage))]
    public async Task A_page_fits_a_phone_and_shows_HALT(string path)
    {
        await using var tab = await console.OpenAsync(await FilledAsync(path), width: 390, height: 844);
        await tab.InteractiveAsync();

        await tab.AssertFitsAsync();
        Assert.True(await tab.Page.GetByText("HALT ALL").First.IsVisibleAsync());
    }

    [Theory]
    [InlineData("/", "Monitoring", "/monitoring")]
    [InlineData("/experiments", "Runbooks", "/runbooks")]
    public async Task What_only_this_backend_has_is_a_link_where_it_is_needed(string page, string name, string address)
    {
        await using var tab = await console.OpenAsync(page);
        await tab.Page.Locator("main").GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
        await tab.Page.WaitForURLAsync("**" + address);
    }

    [Fact]
    public async Task The_menu_leads_to_monitoring_runbooks_and_parameters()
    {
        await using var tab = await console.OpenAsync("/flags");
        await tab.Page.Locator(".user-menu summary").ClickAsync();
        await tab.AssertAccessibleAsync();
        foreach (var address in new[] { "/monitoring", "/runbooks", "/parameters" })
        {
            Assert.True(await tab.Page.Locator($".user-menu a[href='{address}']").IsVisibleAsync(), address);
        }
    }

    private async Task<string> FilledAsync(string path)
    {
        path = path.Replace("{template}", console.Experiment, StringComparison.Ordinal);
        return path.Contains("{execution}", StringComparison.Ordinal)
            ? path.Replace("{execution}", await console.WaitingExecutionAsync(), StringComparison.Ordinal)
            : path;
    }
}
