using System.Text.Json;
using System.Text.Json.Serialization;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Timeline;

/// <summary>Entries of the timeline.</summary>
/// <param name="Entries">The entries, in the order that was asked for.</param>
/// <param name="Last">The highest number in this answer; ask for what comes after it. Without entries the number that was asked after, or 0.</param>
internal sealed record TimelinePage(IReadOnlyList<TimelineEntry> Entries, long Last);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TimelinePage))]
[JsonSerializable(typeof(TimelineEntry))]
[JsonSerializable(typeof(ChainVerification))]
internal sealed partial class TimelineJson : JsonSerializerContext;
