using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Features.Health.Monitoring;

public sealed partial class MonitoringPage
{
    private readonly CancellationTokenSource _gone = new();
    private Task _watching = Task.CompletedTask;
    private MonitoringStatus _status = new();

    [Inject]
    internal IMonitoring Monitoring { get; set; } = null!;

    [Inject]
    internal HealthFeed Feed { get; set; } = null!;

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _gone.Dispose();
    }

    protected override void OnInitialized() => _status = Monitoring.Status;

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _watching = InvokeAsync(WatchAsync);
        }
    }

    private string Origin(MonitoredService service)
    {
        var made = Monitoring.Presets.FirstOrDefault(preset => preset.Key == service.Preset)?.Title ?? "Own metrics";
        return _status.FromSettings.Contains(service.Service) ? $"{made}, in the settings" : made;
    }

    private static string Count(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private async Task WatchAsync()
    {
        await foreach (var _ in Feed.WatchAsync(_gone.Token))
        {
            _status = Monitoring.Status;
            StateHasChanged();
        }
    }
}
