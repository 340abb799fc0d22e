using System.Text.Json;
using System.Text.Json.Serialization;
using OpsConsole.Core.Records;

namespace OpsConsole.Core.Flags;

/// <summary>How flags are kept.</summary>
public static class FlagRecords
{
    /// <summary>Flags, by their key.</summary>
    public static RecordKind<Flag> Flags { get; } = new("flags", FlagJson.Default.Flag);
}

/// <summary>How flags are written as JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Flag))]
public sealed partial class FlagJson : JsonSerializerContext;
