using System.Collections.Immutable;
using Amazon.DynamoDBv2.Model;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Core.Flags;

namespace OpsConsole.Aws.Flags;

/// <summary>A flag as it was read.</summary>
/// <param name="Flag">The flag. If something in it cannot be understood, it is OFF.</param>
/// <param name="Problem">What cannot be understood, and what it must be; one sentence.</param>
internal sealed record FlagReading(Flag Flag, string? Problem);

/// <summary>
/// How a flag stands in its item: <c>name</c>, <c>enabled</c> and <c>conditions</c>, a map of numbers, are what applications read. Everything
/// else stands beside them and is left out where it is as it would be without.
/// </summary>
/// <param name="defaultService">The service that is watched for a flag that names none.</param>
internal sealed class FlagAttributes(string defaultService)
{
    public const string Name = "name";

    /// <summary>What is watched for a flag that names no service, if the settings name none either: nothing, so the flag is served OFF.</summary>
    public const string NoService = "(no service named)";

    private const string Enabled = "enabled", Conditions = "conditions", Gate = "healthGate", Description = "description";
    private const string Percentage = "percentage", Prerequisites = "prerequisites", Tier = "tier", ShedOrder = "shedOrder";
    private const string LatchResets = "latchResets", Archived = "archived";
    private const string Service = "service", RecoverFor = "recoverForSeconds", Latch = "latch", Hold = "holdThroughUnknown";

    /// <summary>The attributes that make the flag, but for its name.</summary>
    public static ImmutableArray<string> Names { get; } =
        [Enabled, Conditions, Gate, Description, Percentage, Prerequisites, Tier, ShedOrder, LatchResets, Archived];

    private static readonly ImmutableArray<(string Name, Func<FlagConditions, double?> Read)> Limits =
    [
        ("maxErrorRate", conditions => conditions.MaxErrorRate),
        ("maxLatency", conditions => conditions.MaxLatency),
        ("maxCpuUtilization", conditions => conditions.MaxCpuUtilization),
        ("maxActiveConnections", conditions => conditions.MaxActiveConnections),
        ("maxThroughput", conditions => conditions.MaxThroughput),
    ];

    private readonly string _defaultService = defaultService.Length > 0 ? defaultService : NoService;

    /// <summary>The attributes that make the flag, out of an item.</summary>
    public static Item Content(Item item) =>
        new(Names.Where(item.ContainsKey).Select(name => KeyValuePair.Create(name, item[name])), StringComparer.Ordinal);

    public FlagReading Read(string key, Item item)
    {
        var values = new AttributeReader();
        var flag = new Flag
        {
            Key = key,
            Enabled = values.Truth(Enabled, item.Get(Enabled)) ?? false,
            Description = values.Text(Description, item.Get(Description)) ?? "",
            Percentage = values.Whole(Percentage, item.Get(Percentage)),
            Prerequisites = values.Texts(Prerequisites, item.Get(Prerequisites)),
            Tier = values.Choice<FlagTier>(Tier, item.Get(Tier)) ?? FlagTier.Sheddable,
            ShedOrder = values.Whole(ShedOrder, item.Get(ShedOrder)) ?? new Flag { Key = key }.ShedOrder,
            LatchResets = values.Whole(LatchResets, item.Get(LatchResets)) ?? 0,
            Archived = values.Truth(Archived, item.Get(Archived)) ?? false,
            Conditions = ReadConditions(values, item),
        };
        return values.Problem is { } problem ? new(flag with { Enabled = false }, problem) : new(flag, null);
    }

    /// <summary>The attributes of a flag that was read and is to become another: what is the same in both stays as it stands, known or not.</summary>
    public static Item Merge(Item read, Flag? before, Flag after)
    {
        var target = Content(read);
        var (old, next) = (before is null ? [] : Write(before), Write(after));
        foreach (var name in Names)
        {
            if (!Attributes.Same(old.Get(name), next.Get(name)) && Merge(target.Get(name), old.Get(name), next.Get(name)) is var merged)
            {
                target.Remove(name);
                if (merged is not null)
                {
                    target.Add(name, merged);
                }
            }
        }

        return target;
    }

    private static AttributeValue? Merge(AttributeValue? stands, AttributeValue? old, AttributeValue? next)
    {
        if (stands?.M is not { } known || (old ?? next)?.M is null)
        {
            return next;
        }

        var members = new Item(known, StringComparer.Ordinal);
        foreach (var name in (old?.M ?? []).Keys.Union((next?.M ?? []).Keys, StringComparer.Ordinal))
        {
            var (from, to) = (old?.M?.Get(name), next?.M?.Get(name));
            if (to is null)
            {
                members.Remove(name);
            }
            else if (!Attributes.Same(from, to))
            {
                members[name] = to;
            }
        }

        return members.Count == 0 ? null : Attributes.Map(members);
    }

    private static Item Write(Flag flag)
    {
        var usual = new Flag { Key = flag.Key };
        var item = new Item(StringComparer.Ordinal) { [Enabled] = Attributes.Truth(flag.Enabled) };
        Add(Description, flag.Description.Length > 0, () => Attributes.Text(flag.Description));
        Add(Percentage, flag.Percentage is not null, () => Attributes.Number((long)flag.Percentage!.Value));
        Add(Prerequisites, !flag.Prerequisites.IsDefaultOrEmpty, () => Attributes.List(flag.Prerequisites));
        Add(Tier, flag.Tier != usual.Tier, () => Attributes.Text(flag.Tier.ToString()));
        Add(ShedOrder, flag.ShedOrder != usual.ShedOrder, () => Attributes.Number((long)flag.ShedOrder));
        Add(LatchResets, flag.LatchResets > 0, () => Attributes.Number((long)flag.LatchResets));
        Add(Archived, flag.Archived, () => Attributes.Truth(true));
        if (flag.Conditions is { } conditions)
        {
            item[Conditions] = Attributes.Map(new(
                Limits.Where(limit => limit.Read(conditions) is not null)
                    .Select(limit => KeyValuePair.Create(limit.Name, Attributes.Number(limit.Read(conditions)!.Value))),
                StringComparer.Ordinal));
            item[Gate] = Attributes.Map(WriteGate(conditions));
        }

        return item;

        void Add(string name, bool isThere, Func<AttributeValue> value)
        {
            if (isThere)
            {
                item[name] = value();
            }
        }
    }

    private static Item WriteGate(FlagConditions conditions)
    {
        var gate = new Item(StringComparer.Ordinal) { [Service] = Attributes.Text(conditions.Service) };
        if (conditions.RecoverFor != new FlagConditions { Service = "" }.RecoverFor)
        {
            gate[RecoverFor] = Attributes.Number(conditions.RecoverFor.TotalSeconds);
        }

        if (conditions.Latch)
        {
            gate[Latch] = Attributes.Truth(true);
        }

        if (conditions.HoldThroughUnknown)
        {
            gate[Hold] = Attributes.Truth(true);
        }

        return gate;
    }

    private FlagConditions? ReadConditions(AttributeReader values, Item item)
    {
        var limits = values.Map(Conditions, item.Get(Conditions));
        var gate = values.Map(Gate, item.Get(Gate)) ?? [];
        var read = Limits.Select(limit => values.Number($"{Conditions}.{limit.Name}", limits?.Get(limit.Name))).ToList();
        var usual = new FlagConditions { Service = values.Text($"{Gate}.{Service}", gate.Get(Service)) ?? _defaultService };
        var conditions = usual with
        {
            MaxErrorRate = read[0],
            MaxLatency = read[1],
            MaxCpuUtilization = read[2],
            MaxActiveConnections = read[3],
            MaxThroughput = read[4],
            RecoverFor = values.Number($"{Gate}.{RecoverFor}", gate.Get(RecoverFor)) is { } seconds and >= 0 and <= 3600
                ? TimeSpan.FromSeconds(seconds)
                : usual.RecoverFor,
            Latch = values.Truth($"{Gate}.{Latch}", gate.Get(Latch)) ?? false,
            HoldThroughUnknown = values.Truth($"{Gate}.{Hold}", gate.Get(Hold)) ?? false,
        };
        return read.Exists(limit => limit is not null) ? conditions : null;
    }
}
