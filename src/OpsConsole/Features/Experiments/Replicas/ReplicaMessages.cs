using System.Collections.Immutable;
using System.Text.Json.Serialization;
using OpsConsole.Core.Experiments;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Replicas;

/// <summary>Asks the leader which instances of a service can be touched.</summary>
internal sealed record TargetsQuestion(string Service);

/// <summary>The instances; <see langword="null"/> if the engine did not say.</summary>
internal sealed record TargetsAnswer(IReadOnlyList<FaultTarget>? Targets);

/// <summary>Asks the leader to end a run's faults. The asking replica writes down who halted.</summary>
internal sealed record StopQuestion(string Run, string Actor, string Reason);

/// <summary>Whether the engine took the order.</summary>
internal sealed record StopAnswer(bool Ordered);

/// <summary>Asks the leader to wait for the proof that a run's faults are gone.</summary>
internal sealed record ProofQuestion(string Run, double PatienceMs);

/// <summary>Asks the leader to halt everything; the asking replica writes down the halts of some runs itself.</summary>
internal sealed record HaltAllQuestion(string Actor, string Reason, ImmutableArray<string> WrittenDown);

/// <summary>Asks the leader for the runs as they are now.</summary>
internal sealed record RunsQuestion;

/// <summary>The runs that are not over.</summary>
internal sealed record RunsAnswer(ImmutableArray<Run> Active);

/// <summary>What replicas say to each other about runs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunSlot))]
[JsonSerializable(typeof(TargetsQuestion))]
[JsonSerializable(typeof(TargetsAnswer))]
[JsonSerializable(typeof(StopQuestion))]
[JsonSerializable(typeof(StopAnswer))]
[JsonSerializable(typeof(ProofQuestion))]
[JsonSerializable(typeof(StopProof))]
[JsonSerializable(typeof(HaltAllQuestion))]
[JsonSerializable(typeof(HaltAllOutcome))]
[JsonSerializable(typeof(RunsQuestion))]
[JsonSerializable(typeof(RunsAnswer))]
internal sealed partial class ReplicaMessages : JsonSerializerContext;
