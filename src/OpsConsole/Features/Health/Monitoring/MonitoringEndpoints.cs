using System.Globalization;
using System.Text.Json.Serialization;
using OpsConsole.Api;
using OpsConsole.Core.Access;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Features.Health.Monitoring;

/// <summary>What is asked for at the source of health, for automation: <c>/api/v1/monitoring</c>.</summary>
internal static class MonitoringEndpoints
{
    private const string WhatToDo = "GET /api/v1/monitoring lists every service that is asked for.";

    public static void MapMonitoring(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/monitoring").WithTags("Health");
        group.MapGet("", (IMonitoring monitoring) => TypedResults.Json(MonitoringAnswer.From(monitoring), MonitoringApiJson.Default.MonitoringAnswer))
            .RequireAuthorization(AccessPolicies.View)
            .WithName("GetMonitoring").WithSummary("The services that are asked for, their alarms, and what asking costs");
        group.MapGet("{service}", GetAsync).RequireAuthorization(AccessPolicies.View)
            .Produces<MonitoredService>().WithName("GetMonitoredService").WithSummary("One service's metrics; its revision is in ETag");
        group.MapPut("{service}", PutAsync).RequireAuthorization(AccessPolicies.Operate)
            .Produces<MonitoredService>().WithName("PutMonitoredService").WithSummary("Ask for a service (If-None-Match: *) or change how (If-Match: \"revision\")");
        group.MapDelete("{service}", DeleteAsync).RequireAuthorization(AccessPolicies.Operate)
            .WithName("DeleteMonitoredService").WithSummary("Stop asking for a service; its history is kept");
        group.MapPost("try", TryAsync).RequireAuthorization(AccessPolicies.Operate)
            .Produces<IReadOnlyList<MetricPreview>>().WithName("TryMonitoredService").WithSummary("Ask once what a definition's metrics say now");
    }

    private static async Task<IResult> GetAsync(string service, MonitoringDesk desk, HttpContext http, CancellationToken cancellationToken)
    {
        if (await desk.FindAsync(service, cancellationToken) is not { } stored)
        {
            return Problems.NotFound("monitored service", service, WhatToDo);
        }

        http.Response.Headers.ETag = $"\"{stored.Revision}\"";
        return TypedResults.Json(stored.Value, MonitoringApiJson.Default.MonitoredService);
    }

    private static async Task<IResult> PutAsync(
        string service, MonitoredServiceBody body, MonitoringDesk desk, HttpContext http, CancellationToken cancellationToken)
    {
        if (body.Service != service)
        {
            return Problems.Invalid("service", $"The address says “{service}”.");
        }

        return Expected(http.Request) is { } expected
            ? Answer(service, await desk.SaveAsync(body.ToService(), expected, Actor(http), cancellationToken), http)
            : Problems.RevisionRequired();
    }

    private static async Task<IResult> DeleteAsync(string service, MonitoringDesk desk, HttpContext http, CancellationToken cancellationToken) =>
        await desk.DeleteAsync(service, Expected(http.Request), Actor(http), cancellationToken) is var outcome and not MonitoringOutcome.Saved
            ? Answer(service, outcome, http)
            : TypedResults.NoContent();

    private static async Task<IResult> TryAsync(MonitoredServiceBody body, IMonitoring monitoring, CancellationToken cancellationToken)
    {
        var service = body.ToService();
        if (MonitoredServiceRules.Validate(service) is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors.ToDictionary(StringComparer.Ordinal));
        }

        try
        {
            return TypedResults.Json(await monitoring.TryAsync(service, cancellationToken), MonitoringApiJson.Default.IReadOnlyListMetricPreview);
        }
        catch (MonitoringException problem)
        {
            return TypedResults.Problem(problem.Message, statusCode: StatusCodes.Status502BadGateway, title: $"{monitoring.Name} cannot be asked");
        }
    }

    private static IResult Answer(string service, MonitoringOutcome outcome, HttpContext http)
    {
        switch (outcome)
        {
            case MonitoringOutcome.Saved saved:
                http.Response.Headers.ETag = $"\"{saved.Record.Revision}\"";
                return TypedResults.Json(
                    saved.Record.Value,
                    MonitoringApiJson.Default.MonitoredService,
                    statusCode: saved.Record.Revision == 1 ? StatusCodes.Status201Created : StatusCodes.Status200OK);
            case MonitoringOutcome.Invalid invalid:
                return Problems.Invalid(invalid.Errors.ToDictionary(StringComparer.Ordinal));
            case MonitoringOutcome.Conflict conflict:
                return Problems.Changed("monitored service", conflict.Current?.Revision);
            case MonitoringOutcome.Refused refused:
                return Problems.Refused(refused.Why);
            default:
                return Problems.NotFound("monitored service", service, WhatToDo);
        }
    }

    /// <summary>The revision on which a change rests: 0 to create, <see langword="null"/> if the request does not say, -1 for what cannot be any.</summary>
    private static long? Expected(HttpRequest request) =>
        request.Headers.IfNoneMatch == "*" ? 0
        : request.Headers.IfMatch.Count == 0 ? null
        : long.TryParse(request.Headers.IfMatch.ToString().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) && revision > 0
            ? revision
            : -1;

    private static string Actor(HttpContext http) => http.User.Identity?.Name ?? "unknown";
}

/// <summary>The answer to <c>GET /api/v1/monitoring</c>.</summary>
internal sealed record MonitoringAnswer(
    string Source,
    DateTimeOffset? AnsweredAt,
    string? Problem,
    string? AlarmProblem,
    PollingCost Cost,
    IReadOnlyList<MonitoredService> Services,
    IReadOnlyList<AlarmReading> Alarms)
{
    public static MonitoringAnswer From(IMonitoring monitoring)
    {
        var status = monitoring.Status;
        return new(monitoring.Name, status.AnsweredAt, status.Problem, status.AlarmProblem, status.Cost, status.Services, status.Alarms);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MonitoringAnswer))]
[JsonSerializable(typeof(MonitoredService))]
[JsonSerializable(typeof(MonitoredServiceBody))]
[JsonSerializable(typeof(IReadOnlyList<MetricPreview>))]
internal sealed partial class MonitoringApiJson : JsonSerializerContext;
