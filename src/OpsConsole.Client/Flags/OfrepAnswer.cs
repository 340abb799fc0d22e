using System.Text.Json;
using System.Text.Json.Serialization;
using OpsConsole.Core.Flags.Evaluation;

namespace OpsConsole.Client;

/// <summary>What the console answers to a bulk evaluation, as far as the client needs it.</summary>
internal sealed record OfrepAnswer(
    IReadOnlyList<OfrepFlag>? Flags, IReadOnlyDictionary<string, JsonElement>? Metadata, IReadOnlyList<OfrepStream>? EventStreams)
{
    private static readonly TimeSpan LongestLease = TimeSpan.FromMinutes(1);

    public long Version => Number(Metadata, "version") is { } version ? (long)version : 0;

    public TimeSpan Lease =>
        Number(Metadata, "leaseSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, LongestLease.TotalSeconds)) : TimeSpan.Zero;

    public FlagRuleBook ToBook() => FlagRuleBook.Link(
        (Flags ?? []).Where(flag => !string.IsNullOrEmpty(flag.Key)).DistinctBy(flag => flag.Key, StringComparer.Ordinal).Select(flag => flag.ToDefinition()));

    internal static double? Number(IReadOnlyDictionary<string, JsonElement>? metadata, string name) =>
        metadata is not null && metadata.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}

/// <summary>One flag of the answer.</summary>
internal sealed record OfrepFlag(string Key, JsonElement? Value, IReadOnlyDictionary<string, JsonElement>? Metadata)
{
    /// <summary>
    /// The rule by which the flag is decided here. A console that sends none of our metadata has decided already: its value is taken as it is.
    /// </summary>
    public FlagDefinition ToDefinition() => Metadata is null || !Metadata.ContainsKey("opsconsole.enabled")
        ? new(Key, Value is { ValueKind: JsonValueKind.True }, Archived: false, Percentage: null, GateOpen: true, Leased: false, [])
        : new(
            Key,
            Truth("opsconsole.enabled"),
            Archived: false,
            OfrepAnswer.Number(Metadata, "opsconsole.percentage") is { } percentage ? (int)percentage : null,
            GateOpen: !Truth("opsconsole.gated") || Truth("opsconsole.gateOpen"),
            Leased: Truth("opsconsole.gated") && !Truth("opsconsole.holdThroughUnknown"),
            Text("opsconsole.prerequisites").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private bool Truth(string name) => Metadata!.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.True;

    private string Text(string name) =>
        Metadata!.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

/// <summary>Where changes are streamed.</summary>
internal sealed record OfrepStream(string? Type, string? Url, OfrepEndpoint? Endpoint);

/// <summary>An address in two parts.</summary>
internal sealed record OfrepEndpoint(string? Origin, string? RequestUri);

/// <summary>The data of a streamed event.</summary>
internal sealed record OfrepEvent(string? Type, string? Etag, long? Version);

/// <summary>What the client sends.</summary>
internal sealed record OfrepRequest(OfrepContext Context);

/// <summary>Who asks.</summary>
internal sealed record OfrepContext(string TargetingKey, string Service, string Environment);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(OfrepAnswer))]
[JsonSerializable(typeof(OfrepEvent))]
[JsonSerializable(typeof(OfrepRequest))]
internal sealed partial class OfrepJson : JsonSerializerContext;
