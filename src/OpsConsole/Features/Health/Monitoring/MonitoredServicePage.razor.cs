using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using OpsConsole.Core.Health.Monitoring;
using OpsConsole.Core.Records;

namespace OpsConsole.Features.Health.Monitoring;

public sealed partial class MonitoredServicePage : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private MonitoringDraft _draft = new();
    private Stored<MonitoredService>? _stored;
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    private Dictionary<string, MetricPreview> _previews = new(StringComparer.Ordinal);
    private string? _problem;
    private bool _busy;
    private bool _saving;

    [Parameter]
    public string? Name { get; set; }

    [Inject]
    internal IMonitoring Monitoring { get; set; } = null!;

    [Inject]
    internal MonitoringDesk Desk { get; set; } = null!;

    [Inject]
    internal AuthenticationStateProvider Authentication { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    private bool IsFixed => _stored is { Revision: 0 };

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        if (Name is null)
        {
            return;
        }

        try
        {
            _stored = await Desk.FindAsync(Name, _gone.Token);
            _draft = _stored is null ? new() : MonitoringDraft.From(_stored.Value);
        }
        catch (StoreUnavailableException problem)
        {
            _problem = problem.Message;
        }
    }

    private string? Error(string member) => _errors.TryGetValue(member, out var messages) ? messages[0] : null;

    private void ChoosePreset(ChangeEventArgs change)
    {
        _draft.Preset = change.Value?.ToString() ?? "";
        _draft.ApplyPreset(Monitoring);
    }

    private void SetField(string key, string value)
    {
        _draft.SetField(key, value);
        _draft.ApplyPreset(Monitoring);
    }

    private async Task SaveAsync()
    {
        (_problem, _busy, _saving) = (null, true, true);
        try
        {
            var actor = (await Authentication.GetAuthenticationStateAsync()).User.Identity?.Name ?? "unknown";
            switch (await Desk.SaveAsync(_draft.ToService(), _stored?.Revision ?? 0, actor, _gone.Token))
            {
                case MonitoringOutcome.Saved:
                    Navigation.NavigateTo("/monitoring", forceLoad: true);
                    break;
                case MonitoringOutcome.Invalid invalid:
                    _errors = invalid.Errors;
                    break;
                case MonitoringOutcome.Conflict { Current: { } theirs }:
                    _problem = $"Somebody else saved {theirs.Id} meanwhile (revision {theirs.Revision}). Your fields are kept; save again to replace theirs, or open it anew.";
                    _stored = theirs;
                    break;
                case MonitoringOutcome.Conflict:
                    _problem = "Somebody else removed it meanwhile. Save again to create it anew.";
                    _stored = null;
                    break;
                case MonitoringOutcome.Refused refused:
                    _problem = refused.Why;
                    break;
            }
        }
        catch (StoreUnavailableException problem)
        {
            _problem = $"Nothing was saved: {problem.Message}";
        }
        finally
        {
            (_busy, _saving) = (false, false);
        }
    }

    private async Task DeleteAsync()
    {
        try
        {
            var actor = (await Authentication.GetAuthenticationStateAsync()).User.Identity?.Name ?? "unknown";
            if (await Desk.DeleteAsync(Name!, _stored!.Revision, actor, _gone.Token) is MonitoringOutcome.Conflict)
            {
                _problem = "Somebody else changed it meanwhile. Open it anew.";
                return;
            }

            Navigation.NavigateTo("/monitoring", forceLoad: true);
        }
        catch (StoreUnavailableException problem)
        {
            _problem = $"Nothing was changed: {problem.Message}";
        }
    }

    private async Task TryAsync()
    {
        var service = _draft.ToService();
        (_errors, _problem, _previews) = (MonitoredServiceRules.Validate(service), null, new(StringComparer.Ordinal));
        if (_errors.Count > 0)
        {
            return;
        }

        _busy = true;
        try
        {
            _previews = (await Monitoring.TryAsync(service, _gone.Token)).ToDictionary(preview => preview.Id, StringComparer.Ordinal);
        }
        catch (MonitoringException problem)
        {
            _problem = problem.Message;
        }
        finally
        {
            _busy = false;
        }
    }
}
