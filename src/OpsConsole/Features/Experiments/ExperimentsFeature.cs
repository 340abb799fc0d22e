using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Api;
using OpsConsole.Features.Experiments.Replicas;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments;

/// <summary>What the host adds for this feature.</summary>
internal static class ExperimentsFeature
{
    public static void AddExperiments(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ExperimentsOptions>().BindConfiguration(ExperimentsOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ExperimentsOptions>, ExperimentsOptionsValidator>();
        builder.Services.TryAddSingleton<RunFeed>();
        builder.Services.TryAddSingleton<ParameterFeed>();
        builder.Services.AddSingleton<RunBook>();
        builder.Services.AddSingleton<RunRecords>();
        builder.Services.AddSingleton<SampleRings>();
        builder.Services.AddSingleton<EngineCalls>();
        builder.Services.AddSingleton<Halts>();
        builder.Services.AddSingleton<Aborts>();
        builder.Services.AddSingleton<Adoption>();
        builder.Services.AddSingleton<SafetyLevers>();
        builder.Services.AddSingleton<SecondLevers>();
        builder.Services.AddSingleton<ForeignRuns>();
        builder.Services.AddSingleton<PreflightDesk>();
        builder.Services.AddSingleton<TemplateMapping>();
        builder.Services.AddSingleton<ExperimentService>();
        builder.Services.AddSingleton<DryRuns>();
        builder.Services.AddSingleton<SupervisorWake>();
        builder.Services.AddSingleton<RunService>();
        builder.Services.AddSingleton<RunSteps>();
        builder.Services.AddSingleton<RunSupervisor>();
        builder.Services.AddSingleton<RunSlots>();
        builder.Services.AddSingleton<LeaderCalls>();
        builder.Services.AddHostedService<RunSync>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ExperimentsJson.Default);
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter<FaultKind>(allowIntegerValues: false));
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter<RollbackActionKind>(allowIntegerValues: false));
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter<RunState>(allowIntegerValues: false));
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter<Verdict>(allowIntegerValues: false));
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter<JournalPlace>(allowIntegerValues: false));
        });
        builder.Services.AddHostedService(services => services.GetRequiredService<RunSupervisor>());
    }

    public static void MapExperiments(this WebApplication app)
    {
        app.MapExperimentEndpoints();
        app.MapDryRunEndpoints();
        app.MapRunEndpoints();
        app.MapHaltEndpoints();
        app.MapExperimentForms();
        app.MapLeaderEndpoints();
    }
}
