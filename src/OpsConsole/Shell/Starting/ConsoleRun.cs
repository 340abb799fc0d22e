using Microsoft.Extensions.Options;

namespace OpsConsole.Shell.Starting;

/// <summary>Runs the console; what keeps it from starting is said in one line.</summary>
internal static class ConsoleRun
{
    /// <summary>Of <c>sysexits.h</c>: something is wrong with the configuration.</summary>
    private const int ConfigurationError = 78;

    /// <summary>Of <c>sysexits.h</c>: something that is needed is taken or not there.</summary>
    private const int Unavailable = 69;

    public static async Task<int> RunToTheEndAsync(this WebApplication app)
    {
        try
        {
            app.Services.GetService<IStartupValidator>()?.Validate();
            await app.Services.GetRequiredService<DataDirectoryLock>().TakeAsync();
            var preparing = Task.Run(() => Prepare(app));
            await app.StartAsync();
            await preparing;
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (OptionsValidationException problem)
        {
            await Console.Error.WriteLineAsync("OpsConsole did not start, a setting is wrong: " + string.Join(" ", problem.Failures));
            return ConfigurationError;
        }
        catch (DirectoryInUseException problem)
        {
            await Console.Error.WriteLineAsync("OpsConsole did not start: " + problem.Message);
            return Unavailable;
        }
        catch (IOException problem) when (problem.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync(
                $"OpsConsole did not start: {problem.Message} Is another console running? Choose another address with --urls.");
            return Unavailable;
        }
    }

    /// <summary>
    /// Builds every endpoint once while the hosted services start. The server builds them last of all and for good; it then finds their code
    /// compiled, and listens sooner.
    /// </summary>
    private static int Prepare(IEndpointRouteBuilder app) => app.DataSources.Sum(source => source.Endpoints.Count);
}
