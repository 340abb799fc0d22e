using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using OpsConsole.Core.Access;
using OpsConsole.Core.Records;
using OpsConsole.Core.Runbooks;
using OpsConsole.Features.Runbooks.Api;

namespace OpsConsole.Features.Runbooks.Pages;

public sealed partial class ExecutionPage
{
    private readonly CancellationTokenSource _gone = new();
    private Task _watching = Task.CompletedTask;
    private bool _watches;
    private bool _loaded;
    private RunbookExecution? _execution;
    private string? _problem;
    private string? _notice;
    private bool _mayStop;
    private bool _mayDecide;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery]
    private string? Notice { get; set; }

    [Inject]
    internal RunbookBook Book { get; set; } = default!;

    [Inject]
    internal RunbookFeed Feed { get; set; } = default!;

    [Inject]
    internal SealedNotice Seal { get; set; } = default!;

    [Inject]
    internal AuthenticationStateProvider Authentication { get; set; } = default!;

    private string StopWhyNot =>
        !_execution!.CanStop(out var why) ? why
        : !_mayStop ? "Stopping takes the role operator."
        : "";

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _mayDecide = user.IsInRole(AccessRoles.Admin);
        _mayStop = _mayDecide || user.IsInRole(AccessRoles.Operator);
        _notice = Seal.Open(Notice);
        try
        {
            _execution = await Book.FindAsync(Id, _gone.Token);
            _loaded = true;
        }
        catch (StoreUnavailableException exception)
        {
            _problem = exception.Message;
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        // Not only at the first: a store that is asked over the network answers after it.
        if (!_watches && _execution is { IsOver: false })
        {
            _watches = true;
            _watching = InvokeAsync(WatchAsync);
        }
    }

    private async Task WatchAsync()
    {
        await foreach (var snapshot in Feed.WatchAsync(_gone.Token))
        {
            // Also when only the time of the look is new: what does not move any more must not look alive.
            _execution = snapshot.Find(Id) ?? _execution;
            StateHasChanged();
            if (_execution!.IsOver)
            {
                return;
            }
        }
    }
}
