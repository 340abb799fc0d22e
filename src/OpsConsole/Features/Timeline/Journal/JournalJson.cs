using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsConsole.Features.Timeline.Journal;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class JournalJson : JsonSerializerContext;
