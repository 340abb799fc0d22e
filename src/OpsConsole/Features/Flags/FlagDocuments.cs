using System.Collections.Immutable;
using System.Text.Json.Serialization;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Flags;

/// <summary>The limits of a flag on the wire.</summary>
internal sealed record ConditionsDocument
{
    public string? Service { get; init; }

    public double? MaxErrorRate { get; init; }

    public double? MaxLatency { get; init; }

    public double? MaxCpuUtilization { get; init; }

    public double? MaxActiveConnections { get; init; }

    public double? MaxThroughput { get; init; }

    public double? RecoverForSeconds { get; init; }

    public bool? Latch { get; init; }

    public bool? HoldThroughUnknown { get; init; }

    public static ConditionsDocument? From(FlagConditions? conditions) => conditions is null ? null : new()
    {
        Service = conditions.Service,
        MaxErrorRate = conditions.MaxErrorRate,
        MaxLatency = conditions.MaxLatency,
        MaxCpuUtilization = conditions.MaxCpuUtilization,
        MaxActiveConnections = conditions.MaxActiveConnections,
        MaxThroughput = conditions.MaxThroughput,
        RecoverForSeconds = conditions.RecoverFor.TotalSeconds,
        Latch = conditions.Latch,
        HoldThroughUnknown = conditions.HoldThroughUnknown,
    };

    public FlagConditions ToConditions() => new()
    {
        Service = (Service ?? "").Trim(),
        MaxErrorRate = MaxErrorRate,
        MaxLatency = MaxLatency,
        MaxCpuUtilization = MaxCpuUtilization,
        MaxActiveConnections = MaxActiveConnections,
        MaxThroughput = MaxThroughput,
        RecoverFor = RecoverForSeconds is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, -1, 1_000_000)) : TimeSpan.FromSeconds(30),
        Latch = Latch ?? false,
        HoldThroughUnknown = HoldThroughUnknown ?? false,
    };
}

/// <summary>How far a sign is from its limit, on the wire.</summary>
internal sealed record MarginDocument(string Sign, double Limit, double? Value, bool Breached);

/// <summary>A flag on the wire: the operator's part, and what is decided about it now.</summary>
internal sealed record FlagDocument(
    string Key,
    string Description,
    bool Enabled,
    bool Served,
    string Variant,
    string Reason,
    string Why,
    ConditionsDocument? Conditions,
    int? Percentage,
    ImmutableArray<string> Prerequisites,
    FlagTier Tier,
    int ShedOrder,
    bool Archived,
    bool GateOpen,
    bool Shed,
    bool Latched,
    ImmutableArray<MarginDocument> Margins,
    long Revision)
{
    public static FlagDocument From(FlagView view) => new(
        view.Flag.Key,
        view.Flag.Description,
        view.Flag.Enabled,
        view.Served,
        view.Served ? "on" : "off",
        view.Reason,
        view.Why,
        ConditionsDocument.From(view.Flag.Conditions),
        view.Flag.Percentage,
        view.Flag.Prerequisites,
        view.Flag.Tier,
        view.Flag.ShedOrder,
        view.Flag.Archived,
        view.GateOpen,
        view.Shed,
        view.Latched,
        [.. view.Margins.Select(margin => new MarginDocument(margin.Sign.Info().Key, margin.Limit, margin.Value, margin.Breached))],
        view.Revision);
}

/// <summary>Every flag.</summary>
internal sealed record FlagsDocument(long Version, DateTimeOffset At, ImmutableArray<FlagDocument> Flags);

/// <summary>A flag as it is to be. Members that are left out have their defaults, except for the intent, which stays; what is computed is ignored.</summary>
internal sealed record FlagBody
{
    public string? Key { get; init; }

    public string? Description { get; init; }

    public bool? Enabled { get; init; }

    public ConditionsDocument? Conditions { get; init; }

    public int? Percentage { get; init; }

    public IReadOnlyList<string>? Prerequisites { get; init; }

    public FlagTier? Tier { get; init; }

    public int? ShedOrder { get; init; }

    public bool? Archived { get; init; }

    /// <summary>Why; goes to the timeline.</summary>
    public string? ChangeReason { get; init; }

    public Flag ToFlag(string key, Flag? current) => new()
    {
        Key = key,
        Description = (Description ?? "").Trim(),
        Enabled = Enabled ?? current?.Enabled ?? false,
        Conditions = Conditions?.ToConditions(),
        Percentage = Percentage,
        Prerequisites = [.. (Prerequisites ?? []).Where(prerequisite => prerequisite is not null).Distinct(StringComparer.Ordinal)],
        Tier = Tier ?? FlagTier.Sheddable,
        ShedOrder = ShedOrder ?? 100,
        Archived = Archived ?? current?.Archived ?? false,
    };
}

/// <summary>What a flag's intent is to be, and why.</summary>
internal sealed record FlipBody(bool? Enabled, string? Reason);

/// <summary>Why something is done.</summary>
internal sealed record ReasonBody(string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FlagsDocument))]
[JsonSerializable(typeof(FlagDocument))]
[JsonSerializable(typeof(FlagBody))]
[JsonSerializable(typeof(FlipBody))]
[JsonSerializable(typeof(ReasonBody))]
internal sealed partial class FlagApiJson : JsonSerializerContext;
