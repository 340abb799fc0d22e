using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace OpsConsole.Features.Flags.Ofrep;

/// <summary>One flag's evaluation, or why there is none.</summary>
internal sealed record OfrepEvaluation(
    string? Key,
    bool? Value,
    string? Reason,
    string? Variant,
    string? ErrorCode,
    string? ErrorDetails,
    OfrepFlagMetadata? Metadata);

/// <summary>What a client needs to decide the flag by itself; primitives only, as the protocol asks.</summary>
internal sealed record OfrepFlagMetadata(
    [property: JsonPropertyName("opsconsole.enabled")] bool Enabled,
    [property: JsonPropertyName("opsconsole.percentage")] int? Percentage,
    [property: JsonPropertyName("opsconsole.gated")] bool Gated,
    [property: JsonPropertyName("opsconsole.gateOpen")] bool GateOpen,
    [property: JsonPropertyName("opsconsole.holdThroughUnknown")] bool? HoldThroughUnknown,
    [property: JsonPropertyName("opsconsole.prerequisites")] string? Prerequisites);

/// <summary>Every flag's evaluation.</summary>
internal sealed record OfrepBulk(ImmutableArray<OfrepEvaluation> Flags, OfrepBulkMetadata Metadata, ImmutableArray<OfrepEventStream> EventStreams);

/// <summary>The version of the flags, and how long an application may serve a conditioned one without hearing of the console.</summary>
internal sealed record OfrepBulkMetadata(long Version, double LeaseSeconds);

/// <summary>Where changes are streamed.</summary>
internal sealed record OfrepEventStream(string Type, OfrepStreamEndpoint Endpoint, int InactivityDelaySec);

/// <summary>The address without its origin: whoever reached the console reaches the stream the same way.</summary>
internal sealed record OfrepStreamEndpoint(string RequestUri);

/// <summary>Something went wrong here.</summary>
internal sealed record OfrepFailure(string ErrorDetails);

/// <summary>A change was made: fetch again.</summary>
internal sealed record OfrepNotice(string Type, string Etag, long LastModified);

/// <summary>The console is alive and stands by these flags.</summary>
internal sealed record OfrepLease(long Version);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OfrepEvaluation))]
[JsonSerializable(typeof(OfrepBulk))]
[JsonSerializable(typeof(OfrepFailure))]
[JsonSerializable(typeof(OfrepNotice))]
[JsonSerializable(typeof(OfrepLease))]
internal sealed partial class OfrepApiJson : JsonSerializerContext;
