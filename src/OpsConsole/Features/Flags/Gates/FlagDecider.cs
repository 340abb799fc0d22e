using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Flags.Evaluation;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;

namespace OpsConsole.Features.Flags.Gates;

/// <summary>Decides every flag from what is there: the flags, their gates, the newest health. Not safe for use by several threads at once.</summary>
internal sealed class FlagDecider(TimeProvider clock, IOptions<FlagsOptions> options)
{
    /// <summary>When nobody has looked at health for so long, what was seen is no evidence any more.</summary>
    private static readonly TimeSpan MonitorPatience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, Gate> _gates = new(StringComparer.Ordinal);
    private HealthSnapshot? _health;
    private long _healthAt;
    private long _version;
    private ImmutableArray<FlagDefinition> _decided = [];
    private FlagRuleBook _rules = FlagRuleBook.Empty;

    /// <summary>Decides.</summary>
    /// <param name="flags">The flags of the store.</param>
    /// <param name="pending">Flags that were turned OFF ahead of the store.</param>
    /// <param name="health">The newest health.</param>
    /// <param name="resume">What is known of a flag's gate from before this console started.</param>
    public FlagBoard Decide(
        IReadOnlyCollection<Stored<Flag>> flags,
        ImmutableDictionary<string, PendingOff> pending,
        HealthSnapshot health,
        Func<string, PastShed?> resume)
    {
        NoteHealth(health);
        var readings = new Dictionary<string, GateReading>(StringComparer.Ordinal);
        var definitions = ImmutableArray.CreateBuilder<FlagDefinition>(flags.Count);
        foreach (var (key, _, flag) in flags)
        {
            var reading = flag.Conditions is null ? null : Look(flag, health, resume);
            if (reading is not null)
            {
                readings[key] = reading;
            }

            definitions.Add(new(
                key,
                flag.Enabled && !pending.ContainsKey(key),
                flag.Archived,
                flag.Percentage,
                reading?.Open ?? true,
                Leased: flag.Conditions is { HoldThroughUnknown: false },
                flag.Prerequisites.IsDefault ? [] : flag.Prerequisites));
        }

        Link(definitions.ToImmutable());
        var views = flags.Select(stored => KeyValuePair.Create(
            stored.Id, View(stored, readings.GetValueOrDefault(stored.Id), pending.GetValueOrDefault(stored.Id))));
        return new(
            new(_version, clock.GetUtcNow(), views.ToImmutableSortedDictionary(StringComparer.Ordinal)), _rules, clock.GetTimestamp());
    }

    /// <summary>Rises with the wall clock too, so that no version of an earlier run of the console, or of another one, is met again.</summary>
    private void Link(ImmutableArray<FlagDefinition> definitions)
    {
        if (_version != 0 && definitions.SequenceEqual(_decided, SameDefinition.Instance))
        {
            return;
        }

        _decided = definitions;
        _rules = FlagRuleBook.Link(definitions);
        _version = Math.Max(_version + 1, clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private void NoteHealth(HealthSnapshot health)
    {
        if (!ReferenceEquals(health, _health))
        {
            _health = health;
            _healthAt = clock.GetTimestamp();
        }
    }

    private GateReading Look(Flag flag, HealthSnapshot health, Func<string, PastShed?> resume)
    {
        var conditions = flag.Conditions!;
        if (!_gates.TryGetValue(flag.Key, out var gate) || gate.Service != conditions.Service)
        {
            var isNew = gate is null;
            gate = new(new FlagGate(clock, options.Value.UnknownGrace), conditions.Service, flag.LatchResets);
            if (isNew && resume(flag.Key) is { } past)
            {
                gate.Judge.Resume(past.ShutBy, past.ByBreach && conditions.Latch && past.LatchResets >= flag.LatchResets, past.At);
            }
        }
        else if (gate.LatchResets != flag.LatchResets)
        {
            gate = gate with { LatchResets = flag.LatchResets };
            gate.Judge.ResetLatch();
        }

        _gates[flag.Key] = gate;
        var sample = health.Find(conditions.Service);
        if (sample is { IsEvidence: true } && clock.GetElapsedTime(_healthAt) > MonitorPatience)
        {
            sample = sample with { Freshness = Freshness.Stale };
        }

        return gate.Judge.Look(conditions, sample, wanted: flag is { Enabled: true, Archived: false });
    }

    private FlagView View(Stored<Flag> stored, GateReading? reading, PendingOff? pending)
    {
        var flag = pending is null ? stored.Value : stored.Value with { Enabled = false };
        var rule = _rules.Find(stored.Id)!;
        var decision = rule.DecideForAnybody();
        var why = FlagSentence.Write(rule, decision, reading?.Sentence);
        return new(
            flag,
            stored.Revision,
            decision.Served,
            decision.Cause == FlagCause.GateShut && reading is { State: GateState.Waiting or GateState.Blind } ? "UNKNOWN" : decision.Reason,
            pending is null ? why : $"{why}, {pending.Sentence}",
            reading?.Open ?? true,
            Shed: flag is { Enabled: true, Archived: false } && reading is { Open: false },
            reading?.Margins ?? [],
            reading?.Since)
        {
            Latched = reading is { State: GateState.Latched },
        };
    }

    private sealed record Gate(FlagGate Judge, string Service, int LatchResets);

    private sealed class SameDefinition : IEqualityComparer<FlagDefinition>
    {
        public static SameDefinition Instance { get; } = new();

        public bool Equals(FlagDefinition x, FlagDefinition y) =>
            x.Prerequisites.SequenceEqual(y.Prerequisites, StringComparer.Ordinal)
            && x with { Prerequisites = y.Prerequisites } == y;

        public int GetHashCode(FlagDefinition obj) => obj.Key.GetHashCode(StringComparison.Ordinal);
    }
}

/// <summary>What the timeline says of a flag that was shed when an earlier run of the console ended.</summary>
/// <param name="ShutBy">What shed it.</param>
/// <param name="ByBreach">Whether a limit was breached, rather than evidence missing.</param>
/// <param name="LatchResets">How often its latch had been reset then.</param>
/// <param name="At">When it was shed.</param>
internal sealed record PastShed(string ShutBy, bool ByBreach, int LatchResets, DateTimeOffset At);
