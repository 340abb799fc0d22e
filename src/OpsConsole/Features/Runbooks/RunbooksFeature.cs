using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Runbooks;
using OpsConsole.Features.Runbooks.Api;

namespace OpsConsole.Features.Runbooks;

/// <summary>What the host adds for this feature. With a backend that has no runbooks its pages say so.</summary>
internal static class RunbooksFeature
{
    public static void AddRunbooks(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RunbooksOptions>().BindConfiguration(RunbooksOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RunbooksOptions>, RunbooksOptionsValidator>();
        services.TryAddSingleton<ParameterFeed>();
        services.AddSingleton<RunbookFeed>();
        services.AddSingleton<SealedNotice>();
        services.AddSingleton<RunbookBook>();
        services.TryAddSingleton<IRunbookEngine, NoRunbooks>();
        services.AddSingleton<RunbookWake>();
        services.AddSingleton<RunbookDesk>();
        services.AddSingleton<RunbookSteps>();
        services.AddSingleton<IRollbackRunner, RunbookRollbacks>();
        services.AddHostedService<RunbookFollower>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, RunbookApiJson.Default));
    }

    public static void MapRunbooks(this WebApplication app)
    {
        app.MapRunbookApi();
        app.MapRunbookForms();
    }
}
