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
            await app.RunAsync();
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
}
