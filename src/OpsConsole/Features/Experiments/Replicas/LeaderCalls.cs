using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Replicas;
using OpsConsole.Features.Experiments.Runs;
using static OpsConsole.Features.Experiments.Replicas.ReplicaMessages;

namespace OpsConsole.Features.Experiments.Replicas;

/// <summary>
/// What a replica that does not lead asks the leader, whose engine holds the fault agents. Each question has a limit of time; a leader that
/// is dead or paused answers nothing, and nobody waits for longer than that.
/// </summary>
internal sealed partial class LeaderCalls(ILeaderLine line, TimeProvider time, ILogger<LeaderCalls> logger)
{
    public const string Root = "/replicas/v1";
    public const string Targets = "targets";
    public const string Stop = "stop";
    public const string Proof = "proof";
    public const string HaltAll = "halt-all";
    public const string Runs = "runs";

    private static readonly TimeSpan RunsPatience = TimeSpan.FromMilliseconds(500);

    public async Task<IReadOnlyList<FaultTarget>?> TargetsAsync(string service) =>
        (await TryAsync(Targets, new TargetsQuestion(service), Default.TargetsQuestion, Default.TargetsAnswer, EngineCalls.OrderPatience))?.Targets;

    /// <summary>Whether the leader's engine took the order to end a run's faults.</summary>
    public async Task<bool> StopAsync(string run, string actor, string reason) =>
        await TryAsync(Stop, new StopQuestion(run, actor, reason), Default.StopQuestion, Default.StopAnswer, EngineCalls.OrderPatience) is { Ordered: true };

    public Task<StopProof?> ProveAsync(string run, TimeSpan patience) => TryAsync(
        Proof, new ProofQuestion(run, patience.TotalMilliseconds), Default.ProofQuestion, Default.StopProof, patience + TimeSpan.FromMilliseconds(500));

    public Task<HaltAllOutcome?> HaltAllAsync(string actor, string reason, ImmutableArray<string> writtenDown) => TryAsync(
        HaltAll,
        new HaltAllQuestion(actor, reason, writtenDown),
        Default.HaltAllQuestion,
        Default.HaltAllOutcome,
        EngineCalls.OrderPatience + EngineCalls.ProofPatience);

    /// <summary>The runs as the leader has them in hand; <see langword="null"/> if it does not answer.</summary>
    public async Task<ImmutableArray<Run>?> RunsAsync() =>
        (await TryAsync(Runs, new RunsQuestion(), Default.RunsQuestion, Default.RunsAnswer, RunsPatience))?.Active;

    private async Task<TAnswer?> TryAsync<TQuestion, TAnswer>(
        string what, TQuestion question, JsonTypeInfo<TQuestion> asking, JsonTypeInfo<TAnswer> answering, TimeSpan patience)
        where TAnswer : class
    {
        using var limit = new CancellationTokenSource(patience, time);
        try
        {
            return await line.AskAsync($"{Root}/{what}", question, asking, answering, limit.Token).AsTask().WaitAsync(patience, time);
        }
        catch (Exception exception) when (exception is NoLeaderException or TimeoutException or OperationCanceledException)
        {
            LogUnanswered(logger, what, exception is NoLeaderException ? exception.Message : $"It did not answer within {patience.TotalSeconds:0.#} s.");
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The leader was asked for “{What}” in vain: {Problem}")]
    private static partial void LogUnanswered(ILogger logger, string what, string problem);
}
