using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using OpsConsole.Core.Access;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Runbooks;
using OpsConsole.Features.Runbooks.Api;

namespace OpsConsole.Features.Runbooks.Pages;

public sealed partial class RunbooksPage
{
    private readonly CancellationTokenSource _gone = new();
    private Task _watching = Task.CompletedTask;
    private RunbookCatalog _catalog = RunbookCatalog.Empty;
    private RunbookSnapshot? _shown;
    private string? _notice;
    private bool _mayStart;

    [SupplyParameterFromQuery]
    private string? Notice { get; set; }

    [Inject]
    internal IRunbookEngine Engine { get; set; } = default!;

    [Inject]
    internal RunbookFeed Feed { get; set; } = default!;

    [Inject]
    internal ParameterFeed Parameters { get; set; } = default!;

    [Inject]
    internal SealedNotice Seal { get; set; } = default!;

    [Inject]
    internal AuthenticationStateProvider Authentication { get; set; } = default!;

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _catalog = Engine.Catalog;
        _notice = Seal.Open(Notice);
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _mayStart = user.IsInRole(AccessRoles.Operator) || user.IsInRole(AccessRoles.Admin);
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && Engine.IsThere)
        {
            _watching = Task.WhenAll(InvokeAsync(WatchExecutionsAsync), InvokeAsync(WatchParametersAsync));
        }
    }

    private async Task WatchExecutionsAsync()
    {
        await foreach (var now in Feed.WatchAsync(_gone.Token))
        {
            // Only the time of the look changes each second; that needs no new page.
            if (_shown is null || _shown.Problem != now.Problem || (_shown.ReadAt is null) != (now.ReadAt is null) || !_shown.Executions.SequenceEqual(now.Executions))
            {
                _shown = now;
                StateHasChanged();
            }
        }
    }

    private async Task WatchParametersAsync()
    {
        await foreach (var _ in Parameters.WatchAsync(_gone.Token))
        {
            _catalog = Engine.Catalog;
            StateHasChanged();
        }
    }
}
