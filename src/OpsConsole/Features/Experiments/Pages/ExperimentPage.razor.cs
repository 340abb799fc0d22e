using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using OpsConsole.Core;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Pages;

public sealed partial class ExperimentPage
{
    private readonly CancellationTokenSource _gone = new();
    private Stored<Experiment>? _stored;
    private PreflightResult? _preflight;
    private Task _watching = Task.CompletedTask;
    private string _token = "";
    private string _reason = "";
    private string? _problem;
    private bool _loaded;
    private bool _watches;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery]
    private string? Refused { get; set; }

    [SupplyParameterFromQuery(Name = "dryRun")]
    private string? DryRunState { get; set; }

    [Inject]
    internal ExperimentService Experiments { get; set; } = default!;

    [Inject]
    internal PreflightDesk Desk { get; set; } = default!;

    [Inject]
    internal RunFeed Runs { get; set; } = default!;

    [Inject]
    internal HealthFeed Health { get; set; } = default!;

    [Inject]
    internal ConsoleEnvironment Environment { get; set; } = default!;

    [Inject]
    internal TimeProvider Time { get; set; } = default!;

    [Inject]
    internal AuthenticationStateProvider Authentication { get; set; } = default!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = default!;

    private Experiment? _experiment => _stored?.Value;

    private string? LaunchProblem =>
        _experiment is null ? null
        : !_experiment.CanLaunch(Runs.Current, out var why) ? why
        : _preflight?.Checks.FirstOrDefault(check => !check.Passed) is { } failed ? $"{failed.Name}: {failed.Mend}"
        : null;

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _token = Guid.CreateVersion7(Time.GetUtcNow()).ToString("N");
        try
        {
            _stored = await Experiments.FindAsync(Id, _gone.Token);
            _loaded = true;
            if (_experiment is not null)
            {
                _preflight = await Desk.LookAsync(_experiment, _gone.Token);
            }
        }
        catch (StoreUnavailableException exception)
        {
            _problem = exception.Message;
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        // Not only at the first: a store that is asked over the network answers after it.
        if (!_watches && _experiment is not null)
        {
            _watches = true;
            _watching = InvokeAsync(WatchAsync);
        }
    }

    private async Task WatchAsync()
    {
        await foreach (var _ in Health.WatchAsync(_gone.Token))
        {
            _preflight = await Desk.LookAsync(_experiment!, _gone.Token);
            StateHasChanged();
        }
    }

    private async Task DeleteAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        if (!user.IsInRole(Core.Access.AccessRoles.Operator) && !user.IsInRole(Core.Access.AccessRoles.Admin))
        {
            _problem = "Deleting takes the role operator.";
            return;
        }

        try
        {
            switch (await Experiments.DeleteAsync(Id, _stored!.Revision, user.Identity!.Name!, _gone.Token))
            {
                case ExperimentOutcome.Saved or ExperimentOutcome.Unknown:
                    Navigation.NavigateTo("/experiments", forceLoad: true);
                    break;
                case ExperimentOutcome.Refused refused:
                    _problem = refused.Why;
                    break;
                default:
                    _problem = "Somebody else changed it meanwhile. Load the page again.";
                    break;
            }
        }
        catch (StoreUnavailableException exception)
        {
            _problem = exception.Message;
        }
    }
}
