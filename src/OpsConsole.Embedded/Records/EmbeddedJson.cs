using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsConsole.Embedded.Records;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ImmutableSortedDictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class EmbeddedJson : JsonSerializerContext;
