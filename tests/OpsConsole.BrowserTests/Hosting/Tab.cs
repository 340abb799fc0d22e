using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace OpsConsole.BrowserTests.Hosting;

/// <summary>A browser tab that remembers what went wrong in it.</summary>
public sealed class Tab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _problems = new();

    internal Tab(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => _problems.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (string.Equals(message.Type, "error", StringComparison.Ordinal))
            {
                _problems.Enqueue(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Script errors, refused resources and breaches of the content security policy so far.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    /// <summary>Waits until the page's circuit, if it has one, answers.</summary>
    public async Task InteractiveAsync() =>
        await Page.WaitForFunctionAsync("() => !document.querySelector('[data-circuit=off]')");

    public async Task AssertAccessibleAsync()
    {
        var result = await Page.RunAxe(new AxeRunOptions
        {
            RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] },
        });
        Assert.True(
            result.Violations.Length == 0,
            string.Join('\n', result.Violations.Select(violation =>
                $"{violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Take(4).Select(node => node.Html))}")));
    }

    /// <summary>Nothing sticks out to the right on a phone.</summary>
    public async Task AssertFitsAsync()
    {
        var overflow = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overflow <= 0, $"The page is {overflow} px wider than the screen.");
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
