using System.Text.Json.Serialization;
using OpsConsole.Core.Health;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Features.Replicas;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReplicaNote))]
[JsonSerializable(typeof(LeadersLook))]
[JsonSerializable(typeof(ReplicasDocument))]
internal sealed partial class ReplicasJson : JsonSerializerContext;
