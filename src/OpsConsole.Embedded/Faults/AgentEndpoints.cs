using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using OpsConsole.Agents.Wire;
using OpsConsole.Core.Access;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Embedded.Faults;

/// <summary>Where fault agents hear what to do and say what became of it.</summary>
internal static class AgentEndpoints
{
    private const int LongestName = 200;
    private const int MostNames = 200;
    private const int LargestReport = 256 * 1024;

    public static void MapAgentEndpoints(this IEndpointRouteBuilder app)
    {
        var agents = app.MapGroup("/agents/v1").RequireAuthorization(AccessPolicies.Report)
            .WithMetadata(ServedByLeader.Instance)
            .WithTags("Fault agents");
        agents.MapGet("/stream", Stream)
            .WithName("StreamFaultPlan")
            .WithSummary("The fault plan of one instance as server-sent events: at once, and after each change.");
        agents.MapPost("/report", ReportAsync)
            .WithName("ReportFaults")
            .WithSummary("What became of the plan: each fault's state and counter, each action's outcome.")
            .WithMetadata(new ReportSize());
    }

    private static Results<ServerSentEventsResult<string>, ValidationProblem, ProblemHttpResult> Stream(
        string? service,
        string? instance,
        string? environment,
        string? capabilities,
        string? announces,
        long? stamp,
        LeasedFaultEngine engine,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        HttpContext context)
    {
        Dictionary<string, string[]> errors = new(StringComparer.Ordinal);
        CheckName(errors, nameof(service), service);
        CheckName(errors, nameof(instance), instance);
        CheckName(errors, nameof(environment), environment);
        var skills = CheckNames(errors, nameof(capabilities), capabilities);
        var announced = CheckNames(errors, nameof(announces), announces);
        if (stamp is not >= 0)
        {
            errors[nameof(stamp)] = ["Give the milliseconds of the agent's own monotonic clock, 0 or more."];
        }

        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors, title: "The request is not valid");
        }

        return engine.Connect(service!, instance!, skills, announced, stamp!.Value) is { } connection
            ? TypedResults.ServerSentEvents(connection.EventsAsync(time, lifetime.ApplicationStopping, context.RequestAborted))
            : TypedResults.Problem(
                "Too many fault agents are connected; raise OpsConsole:Faults:MaxAgents.",
                statusCode: StatusCodes.Status503ServiceUnavailable,
                title: "Too many agents");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ReportAsync(HttpContext context, LeasedFaultEngine engine)
    {
        AgentReport? report;
        try
        {
            report = await JsonSerializer.DeserializeAsync(context.Request.Body, AgentJson.Default.AgentReport, context.RequestAborted);
        }
        catch (JsonException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest, title: "The report is not readable");
        }

        if (report is not { Stream.Length: > 0 } || !IsWhole(report))
        {
            return TypedResults.Problem(
                "Give stream, number, epoch, sequence and stamp, and whole faults and actions.",
                statusCode: StatusCodes.Status400BadRequest,
                title: "The report is not whole");
        }

        return engine.Hear(report)
            ? TypedResults.NoContent()
            : TypedResults.Problem(
                "This stream does not count any more; open a new one.", statusCode: StatusCodes.Status409Conflict, title: "Unknown stream");
    }

    private static bool IsWhole(AgentReport report) =>
        (report.Faults ?? []).All(fault => fault is { FaultId: not null, RunId: not null, Kind: not null, Target: not null })
        && (report.Actions ?? []).All(action => action is { ActionId: not null, Detail: not null })
        && (report.Announces ?? []).All(name => name is not null);

    private static void CheckName(Dictionary<string, string[]> errors, string member, string? value)
    {
        if (value is not { Length: > 0 and <= LongestName } || value.Any(char.IsControl))
        {
            errors[member] = [$"Give 1 to {LongestName} characters, none of them a control character."];
        }
    }

    private static string[] CheckNames(Dictionary<string, string[]> errors, string member, string? value)
    {
        var names = (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length > MostNames || names.Any(name => name.Length > LongestName))
        {
            errors[member] = [$"Give at most {MostNames} names of at most {LongestName} characters, with commas between them."];
        }

        return names;
    }

    private sealed class ReportSize : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => LargestReport;
    }
}
