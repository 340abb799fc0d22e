using System.Text.Json.Serialization;
using OpsConsole.Core.Records;

namespace OpsConsole.AdapterTests.Records;

/// <summary>Something to keep.</summary>
internal sealed record Parcel(string Content, int Count)
{
    public static RecordKind<Parcel> Kind { get; } = new("parcels", ParcelJson.Default.Parcel);

    public static RecordKind<Parcel> OtherKind { get; } = new("letters", ParcelJson.Default.Parcel);
}

[JsonSerializable(typeof(Parcel))]
internal sealed partial class ParcelJson : JsonSerializerContext;
