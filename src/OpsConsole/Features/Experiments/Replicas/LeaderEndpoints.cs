using OpsConsole.Api;
using OpsConsole.Core.Access;
using OpsConsole.Core.Replicas;
using OpsConsole.Features.Experiments.Runs;
using static OpsConsole.Features.Experiments.Replicas.ReplicaMessages;

namespace OpsConsole.Features.Experiments.Replicas;

/// <summary>Where the leader answers the other replicas. Halting fails open: a leader that has just lost its lease ends what its agents hold as well.</summary>
internal static class LeaderEndpoints
{
    public static void MapLeaderEndpoints(this IEndpointRouteBuilder app)
    {
        var replicas = app.MapGroup(LeaderCalls.Root).RequireAuthorization(AccessPolicies.Replicate).DisableAntiforgery().ExcludeFromDescription();
        replicas.AddEndpointFilter(RefuseUnlessLeaderAsync);
        replicas.MapPost(LeaderCalls.Targets, async (TargetsQuestion question, EngineCalls engine, CancellationToken cancellationToken) =>
            TypedResults.Json(new TargetsAnswer(await engine.TargetsAsync(question.Service, cancellationToken)), Default.TargetsAnswer));
        replicas.MapPost(LeaderCalls.Stop, async (StopQuestion question, Halts halts) =>
            TypedResults.Json(new StopAnswer(await halts.StopForAnotherAsync(question.Run, question.Actor, question.Reason)), Default.StopAnswer));
        replicas.MapPost(LeaderCalls.Proof, async (ProofQuestion question, Halts halts) =>
            TypedResults.Json(await halts.ProveForAnotherAsync(question.Run, TimeSpan.FromMilliseconds(Math.Clamp(question.PatienceMs, 0, 10_000))), Default.StopProof));
        replicas.MapPost(LeaderCalls.HaltAll, async (HaltAllQuestion question, Halts halts) =>
            TypedResults.Json(await halts.HaltAllAsync(question.Actor, question.Reason, question.WrittenDown), Default.HaltAllOutcome));
        replicas.MapPost(LeaderCalls.Runs, (RunsQuestion _, RunBook book) =>
            TypedResults.Json(new RunsAnswer([.. book.Now.Active]), Default.RunsAnswer));
    }

    /// <summary>A question that arrives where nobody leads must not be passed on in circles.</summary>
    private static ValueTask<object?> RefuseUnlessLeaderAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.RequestServices.GetRequiredService<Leadership>().IsLastLeader
            ? next(context)
            : new(Problems.NoLeader("This replica does not lead."));
}
