using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace OpsConsole.Aws.Tables;

/// <summary><c>opsconsole aws init</c>: makes the tables. Whatever is there already stays as it is, so it can be run again.</summary>
internal static class AwsCommand
{
    private const int UsageError = 64, ConfigurationError = 78;

    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        if (arguments is not ["init", .. var settings])
        {
            await errors.WriteLineAsync("Usage: opsconsole aws init [--OpsConsole:Aws:FlagsTable=…] [--OpsConsole:Aws:RecordsTable=…] [--AWS:Region=…]");
            return UsageError;
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = settings });
        builder.Configuration.AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().AddCommandLine(settings);
        builder.Services.AddOptions<AwsOptions>().BindConfiguration(AwsOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<AwsOptions>, AwsOptionsValidator>();
        builder.Services.AddSingleton<IValidateOptions<AwsOptions>, AwsSetupValidator>();
        using var host = builder.Build();
        try
        {
            var options = host.Services.GetRequiredService<IOptions<AwsOptions>>().Value;
            using var client = AwsClients.Dynamo(builder.Configuration, new AttemptLog());
            await new TableSetup(client, output, TimeProvider.System).RunAsync(TableShape.All(options), CancellationToken.None);
            return 0;
        }
        catch (OptionsValidationException problem)
        {
            await errors.WriteLineAsync("Not done, a setting is wrong: " + string.Join(" ", problem.Failures));
            return ConfigurationError;
        }
        catch (AwsSetupException problem)
        {
            await errors.WriteLineAsync("Not done: " + problem.Message);
            return ConfigurationError;
        }
    }
}
