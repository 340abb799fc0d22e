using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Access;
using OpsConsole.Core.Health;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Embedded;

internal static class OtlpHealth
{
    public static void AddOtlpHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<OtlpOptions>().BindConfiguration("OpsConsole:Otlp").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<OtlpOptions>, OtlpOptionsValidator>();
        builder.Services.AddSingleton<OtlpHealthSource>();
        builder.Services.AddSingleton<IHealthSource>(services => services.GetRequiredService<OtlpHealthSource>());
        builder.Services.AddSingleton<OtlpReceiver>();
    }

    public static void MapOtlp(this WebApplication app) => app
        .MapPost("/v1/metrics", (HttpContext context, OtlpReceiver receiver) => receiver.ReceiveAsync(context))
        .RequireAuthorization(AccessPolicies.Report)
        .WithMetadata(ServedByLeader.Instance)
        .WithName("ReceiveMetrics")
        .WithSummary("Takes OpenTelemetry metrics (OTLP/HTTP, protobuf or JSON, gzip).")
        .WithTags("Health");
}
