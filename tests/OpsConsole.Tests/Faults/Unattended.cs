using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpsConsole.Features.Experiments.Runs;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Faults;

/// <summary>A console without the supervisor, which would halt what a test orders from the engine directly: nobody owns it.</summary>
internal static class Unattended
{
    public static ConsoleHost Console() => new(services =>
    {
        foreach (var supervisor in services.Where(IsSupervisor).ToList())
        {
            services.Remove(supervisor);
        }
    });

    private static bool IsSupervisor(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && service.ImplementationFactory?.Method.ReturnType == typeof(RunSupervisor);
}
