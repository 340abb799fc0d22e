using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Features.Health.Monitoring;

public sealed partial class MonitoringPage
{
    private readonly CancellationTokenSource _gone = new();
    private Task _watching = Task.CompletedTask;
    private IMonitoring? _monitoring;
    private MonitoringStatus _status = new();

    [Inject]
    internal IServiceProvider Provider { get; set; } = null!;

    [Inject]
    internal HealthFeed Feed { get; set; } = null!;

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _gone.Dispose();
    }

    protected override void OnInitialized()
    {
        _monitoring = Provider.GetService<IMonitoring>();
        _status = _monitoring?.Status ?? new();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && _monitoring is not null)
        {
            _watching = InvokeAsync(WatchAsync);
        }
    }

    private static string Count(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private async Task WatchAsync()
    {
        await foreach (var _ in Feed.WatchAsync(_gone.Token))
        {
            _status = _monitoring!.Status;
            StateHasChanged();
        }
    }
}
