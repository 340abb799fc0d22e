using OpsConsole.Core.Access;

namespace OpsConsole.Features.Replicas;

/// <summary>The replicas for automation.</summary>
internal static class ReplicaEndpoints
{
    public static void MapReplicas(this WebApplication app) =>
        app.MapGet("/api/v1/replicas", (ReplicaDesk desk) => TypedResults.Json(desk.Look(), ReplicasJson.Default.ReplicasDocument))
            .RequireAuthorization(AccessPolicies.View)
            .WithTags("Replicas")
            .WithName("GetReplicas")
            .WithSummary("The replicas of the console, as the one that answers sees them: who leads in which term, how old its lease's renewal is, how each stands with Redis.")
            .Produces<ReplicasDocument>();
}
