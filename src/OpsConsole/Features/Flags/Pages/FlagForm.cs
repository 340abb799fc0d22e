using System.Globalization;
using OpsConsole.Core.Flags;

namespace OpsConsole.Features.Flags.Pages;

/// <summary>One field of the form.</summary>
/// <param name="Member">The member on the wire, by which errors are named.</param>
/// <param name="Label">The name on screen.</param>
/// <param name="Hint">What to write.</param>
/// <param name="Kind">What the field is.</param>
/// <param name="Unit">What a number counts.</param>
public sealed record FlagField(string Member, string Label, string Hint, FlagFieldKind Kind, string? Unit = null);

/// <summary>What a field of the form is.</summary>
public enum FlagFieldKind
{
    Text,
    Number,
    Tick,
    Tier,
    Service,
}

/// <summary>A flag as it is typed: every field is a text, so nothing that was typed is lost, right or wrong, and two forms can be compared and merged.</summary>
public sealed class FlagForm
{
    public const string Yes = "true";
    public const string No = "false";

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public static IReadOnlyList<FlagField> Basics { get; } =
    [
        new("description", "Description", "What it turns on", FlagFieldKind.Text),
        new("percentage", "Percentage", "Share of targeting keys that are served, 0 to 100; empty for everybody", FlagFieldKind.Number, "%"),
        new("prerequisites", "Prerequisites", "Keys of flags that must be served too, separated by commas", FlagFieldKind.Text),
        new("tier", "Tier", "Essential flags are never shed in bulk", FlagFieldKind.Tier),
        new("shedOrder", "Order of shedding", "Lower is shed earlier", FlagFieldKind.Number),
    ];

    public static IReadOnlyList<FlagField> Health { get; } =
    [
        new("conditions.service", "Service", "Whose vital signs are looked at; empty for no limits", FlagFieldKind.Service),
        new("conditions.maxErrorRate", "Highest error rate", "", FlagFieldKind.Number, "%"),
        new("conditions.maxLatency", "Highest p95 latency", "", FlagFieldKind.Number, "ms"),
        new("conditions.maxCpuUtilization", "Highest CPU", "", FlagFieldKind.Number, "%"),
        new("conditions.maxActiveConnections", "Most connections", "", FlagFieldKind.Number),
        new("conditions.maxThroughput", "Highest throughput", "", FlagFieldKind.Number, "req/s"),
        new("conditions.recoverForSeconds", "Recover for", "How long every limit must hold before it is served again", FlagFieldKind.Number, "s"),
        new("conditions.latch", "Stay shed until a person resets it", "", FlagFieldKind.Tick),
        new("conditions.holdThroughUnknown", "Go on serving without evidence", "Written to the timeline; without it, no evidence serves OFF", FlagFieldKind.Tick),
    ];

    public static IEnumerable<FlagField> Fields => Basics.Concat(Health);

    public string this[string member]
    {
        get => _values.GetValueOrDefault(member, "");
        set => _values[member] = value;
    }

    public static FlagForm From(Flag? flag)
    {
        var conditions = flag?.Conditions;
        return new()
        {
            ["description"] = flag?.Description ?? "",
            ["percentage"] = Text(flag?.Percentage),
            ["prerequisites"] = flag is null ? "" : string.Join(", ", flag.Prerequisites),
            ["tier"] = (flag?.Tier ?? FlagTier.Sheddable).ToString(),
            ["shedOrder"] = Text(flag?.ShedOrder ?? 100),
            ["conditions.service"] = conditions?.Service ?? "",
            ["conditions.maxErrorRate"] = Text(conditions?.MaxErrorRate),
            ["conditions.maxLatency"] = Text(conditions?.MaxLatency),
            ["conditions.maxCpuUtilization"] = Text(conditions?.MaxCpuUtilization),
            ["conditions.maxActiveConnections"] = Text(conditions?.MaxActiveConnections),
            ["conditions.maxThroughput"] = Text(conditions?.MaxThroughput),
            ["conditions.recoverForSeconds"] = Text(conditions?.RecoverFor.TotalSeconds ?? 30),
            ["conditions.latch"] = conditions is { Latch: true } ? Yes : No,
            ["conditions.holdThroughUnknown"] = conditions is { HoldThroughUnknown: true } ? Yes : No,
        };
    }

    /// <summary>The flag, or what cannot be read as one.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="current">What is there now; keeps its intent and its place in the archive.</param>
    public (Flag? Flag, IReadOnlyDictionary<string, string[]> Errors) Read(string key, Flag? current)
    {
        var errors = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var field in Fields.Where(field => field.Kind == FlagFieldKind.Number))
        {
            if (this[field.Member].Trim().Length > 0 && Number(field.Member) is null)
            {
                errors[field.Member] = ["This is not a number."];
            }
            else if (field.Member is "percentage" or "shedOrder" && Number(field.Member) is { } number && number != Math.Truncate(number))
            {
                errors[field.Member] = ["This must be a whole number."];
            }
        }

        if (errors.Count > 0)
        {
            return (null, errors);
        }

        var body = new FlagBody
        {
            Description = this["description"],
            Percentage = (int?)Bounded("percentage"),
            Prerequisites = this["prerequisites"].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Tier = Enum.TryParse<FlagTier>(this["tier"], out var tier) ? tier : FlagTier.Sheddable,
            ShedOrder = (int?)Bounded("shedOrder"),
            Conditions = HasConditions ? new()
            {
                Service = this["conditions.service"],
                MaxErrorRate = Number("conditions.maxErrorRate"),
                MaxLatency = Number("conditions.maxLatency"),
                MaxCpuUtilization = Number("conditions.maxCpuUtilization"),
                MaxActiveConnections = Number("conditions.maxActiveConnections"),
                MaxThroughput = Number("conditions.maxThroughput"),
                RecoverForSeconds = Number("conditions.recoverForSeconds"),
                Latch = this["conditions.latch"] == Yes,
                HoldThroughUnknown = this["conditions.holdThroughUnknown"] == Yes,
            } : null,
        };
        return (body.ToFlag(key, current), errors);
    }

    private bool HasConditions => Health.Any(candidate =>
        candidate.Kind != FlagFieldKind.Tick && candidate.Member != "conditions.recoverForSeconds" && this[candidate.Member].Trim().Length > 0);

    private static string Text(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";

    private double? Number(string member) => double.TryParse(this[member].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private double? Bounded(string member) => Number(member) is { } number ? Math.Clamp(number, -1, 1_000_000) : null;
}
