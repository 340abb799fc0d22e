using System.Text.Json.Serialization;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Health;

/// <summary>What the hub sends and takes as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Frame))]
[JsonSerializable(typeof(ConsoleStatus))]
[JsonSerializable(typeof(WatchAnswer))]
[JsonSerializable(typeof(TimelineEntry))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(long))]
internal sealed partial class HubJson : JsonSerializerContext;
