using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Features.Health.Pages;

/// <summary>The first page: the services and what is known of the chosen one. It only looks, so it holds no circuit.</summary>
public sealed partial class Pulse
{
    [SupplyParameterFromQuery]
    private string? Service { get; set; }

    [SupplyParameterFromQuery]
    private int? Window { get; set; }

    private IEnumerable<Sample> Samples => Feed.Current.Services.Values;

    /// <summary>The service in the address, else the first that is alive, else the first.</summary>
    private Sample? Chosen =>
        (Service is null ? null : Feed.Current.Find(Service))
        ?? Samples.FirstOrDefault(sample => sample.IsEvidence)
        ?? Samples.FirstOrDefault();

    private IMonitoring? Monitoring => Services.GetService<IMonitoring>();

    /// <summary>Whether the chosen service tells of its instances; one whose metrics are asked for does not.</summary>
    private bool HasInstances => !Chosen!.Instances.IsDefaultOrEmpty || Monitoring?.Status.Services.Any(service => service.Service == Chosen.Service) != true;

    private ChartWindow Shown => ChartWindow.Of(Window);

    private static string Address(string service, ChartWindow window) =>
        $"/?service={Uri.EscapeDataString(service)}&window={window.Seconds}";
}
