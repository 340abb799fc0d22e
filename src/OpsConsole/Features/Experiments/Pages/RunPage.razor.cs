using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using OpsConsole.Core.Access;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Pages;

public sealed partial class RunPage
{
    private static readonly RunState[] Planned = [RunState.Preflight, RunState.Starting, RunState.Running, RunState.Recovering, RunState.Completed];

    private readonly CancellationTokenSource _gone = new();
    private Task _watching = Task.CompletedTask;
    private Run? _run;
    private string _lessons = "";
    private string? _saved;
    private string? _problem;
    private bool _watches;
    private bool _loaded;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery]
    private string? Busy { get; set; }

    [Inject]
    internal RunService Runs { get; set; } = default!;

    [Inject]
    internal RunFeed Feed { get; set; } = default!;

    [Inject]
    internal HealthFeed Health { get; set; } = default!;

    [Inject]
    internal AuthenticationStateProvider Authentication { get; set; } = default!;

    /// <summary>A run that is over shows its own time and a minute before it; one that goes on shows the present.</summary>
    private string? ChartsFrom => _run is { IsOver: true, StartedAt: { } start, EndedAt: not null } ? Words.Iso(start.AddMinutes(-1)) : null;

    private string? ChartsTo => _run is { IsOver: true, StartedAt: not null, EndedAt: { } end } ? Words.Iso(end) : null;

    /// <summary>The steps that were taken, and those that are still planned.</summary>
    private IEnumerable<(string Step, string State, DateTimeOffset? At, string Why)> Steps
    {
        get
        {
            var phases = _run!.Phases;
            for (var i = 0; i < phases.Length; i++)
            {
                var state =
                    phases[i].State is RunState.Failed or RunState.Aborted or RunState.Refused ? "failed"
                    : i == phases.Length - 1 && !_run.IsOver ? "current"
                    : "done";
                yield return (phases[i].State.ToString(), state, phases[i].At, phases[i].Why);
            }

            if (!_run.IsOver)
            {
                var last = _run.State == RunState.Halting ? RunState.Running : _run.State;
                foreach (var next in Planned.SkipWhile(state => state != last).Skip(1))
                {
                    yield return (next == RunState.Completed && _run.HaltedBy is not null ? "Halted" : next.ToString(), "next", null, "");
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        try
        {
            _run = await Runs.FindAsync(Id, _gone.Token);
            _lessons = _run?.Lessons ?? "";
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
        if (!_watches && _run is { IsOver: false })
        {
            _watches = true;
            _watching = Task.WhenAll(InvokeAsync(WatchRunAsync), InvokeAsync(WatchHealthAsync));
        }
    }

    private async Task WatchRunAsync()
    {
        await foreach (var snapshot in Feed.WatchAsync(_gone.Token))
        {
            var now = snapshot.Active.Find(run => run.Id == Id) ?? snapshot.Recent.Find(run => run.Id == Id);
            if (now is not null && !ReferenceEquals(now, _run))
            {
                _run = now;
                StateHasChanged();
            }
        }
    }

    private async Task WatchHealthAsync()
    {
        await foreach (var _ in Health.WatchAsync(_gone.Token))
        {
            if (_run!.IsOver)
            {
                return;
            }

            StateHasChanged();
        }
    }

    private async Task SaveLessonsAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        if (!user.IsInRole(AccessRoles.Operator) && !user.IsInRole(AccessRoles.Admin))
        {
            _saved = "Writing lessons takes the role operator.";
            return;
        }

        try
        {
            var (run, problem) = await Runs.WriteLessonsAsync(Id, user.Identity!.Name!, _lessons, _gone.Token);
            _run = run ?? _run;
            _saved = problem ?? "Saved.";
        }
        catch (StoreUnavailableException exception)
        {
            _saved = $"Not saved: {exception.Message}";
        }
    }
}
