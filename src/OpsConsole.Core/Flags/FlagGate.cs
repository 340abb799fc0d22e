using System.Collections.Immutable;
using OpsConsole.Core.Health;

namespace OpsConsole.Core.Flags;

/// <summary>How a gate stands.</summary>
internal enum GateState
{
    /// <summary>Shut: there was no evidence yet.</summary>
    Waiting,

    /// <summary>Open: every limit holds.</summary>
    Open,

    /// <summary>Open, although there is no evidence, because the flag is marked so.</summary>
    Held,

    /// <summary>Shut: a limit is breached.</summary>
    Breached,

    /// <summary>Shut: every limit holds, but not for long enough yet.</summary>
    Recovering,

    /// <summary>Shut until a person resets it.</summary>
    Latched,

    /// <summary>Shut: there is no evidence any more.</summary>
    Blind,
}

/// <summary>What a gate says at one look.</summary>
/// <param name="State">How it stands.</param>
/// <param name="Since">Since when it has been open or shut.</param>
/// <param name="Margins">One for each limit.</param>
/// <param name="Culprit">The margin that shut it, if one did.</param>
/// <param name="Sentence">Why it stands so, as a part of a sentence.</param>
internal sealed record GateReading(
    GateState State, DateTimeOffset Since, ImmutableArray<ConditionMargin> Margins, ConditionMargin? Culprit, string Sentence)
{
    public bool Open => State is GateState.Open or GateState.Held;
}

/// <summary>
/// Decides whether health lets a flag be served. It shuts at the first look at which a value is strictly over its limit, or when there has
/// been no evidence for the grace; it opens when every limit has held for <see cref="FlagConditions.RecoverFor"/>.
/// </summary>
/// <remarks>
/// A new gate is shut until it has seen evidence, so nothing is served that was not looked at. If it is not known to have been shut by
/// a breach before (see <see cref="Resume"/>), the first look at which every limit holds opens it at once: waiting
/// <see cref="FlagConditions.RecoverFor"/> for a breach that nobody saw would make every restart of a console shed every flag.
/// </remarks>
/// <param name="clock">The monotonic clock by which it waits.</param>
/// <param name="grace">How long missing evidence is borne.</param>
internal sealed class FlagGate(TimeProvider clock, TimeSpan grace)
{
    private readonly long _startedAt = clock.GetTimestamp();
    private bool _open;
    private bool _latched;
    private bool _seen;
    private string? _shutBy;
    private ConditionMargin? _culprit;
    private long? _breachedAt;
    private long? _holdingAt;
    private long? _blindAt;
    private DateTimeOffset _since = clock.GetUtcNow();

    /// <summary>Takes over what is known from before a restart: the flag was shed, and nothing restored it since.</summary>
    /// <param name="shutBy">What shed it.</param>
    /// <param name="latched">Whether it is to stay shed until a person resets it.</param>
    /// <param name="since">Since when.</param>
    public void Resume(string shutBy, bool latched, DateTimeOffset since)
    {
        _seen = true;
        _shutBy = shutBy;
        _latched = latched;
        _since = since;
    }

    /// <summary>A person lets a latched gate open again, once its limits have held for long enough.</summary>
    public void ResetLatch() => _latched = false;

    /// <summary>Looks at the health of the service.</summary>
    /// <param name="conditions">The limits.</param>
    /// <param name="sample">The newest sample; <see langword="null"/> if there is none.</param>
    /// <param name="wanted">Whether the flag's intent is ON: only a flag that is really shed latches.</param>
    public GateReading Look(FlagConditions conditions, Sample? sample, bool wanted)
    {
        var now = clock.GetTimestamp();
        var margins = MarginsOf(conditions, sample);
        var breach = margins.FirstOrDefault(margin => margin.Breached);
        var missing = margins.FirstOrDefault(margin => margin.Value is null && !IsIdle(sample, margin.Sign));
        _latched &= conditions.Latch;
        if (breach is not null)
        {
            SeeBreach(breach, now, latch: conditions.Latch && wanted);
        }
        else if (missing is not null)
        {
            SeeNothing(now, conditions.HoldThroughUnknown);
        }
        else
        {
            SeeHolding(now, conditions.RecoverFor);
        }

        var state = breach is not null ? GateState.Breached
            : _open ? _blindAt is not null && conditions.HoldThroughUnknown ? GateState.Held : GateState.Open
            : _latched ? GateState.Latched
            : !_seen ? GateState.Waiting
            : missing is not null ? GateState.Blind
            : GateState.Recovering;
        return new(state, _since, margins, _culprit, Say(state, conditions, margins, missing, sample, now));
    }

    private static ImmutableArray<ConditionMargin> MarginsOf(FlagConditions conditions, Sample? sample)
    {
        var margins = ImmutableArray.CreateBuilder<ConditionMargin>(FlagLimits.All.Length);
        foreach (var limit in FlagLimits.All)
        {
            if (limit.Read(conditions) is { } most)
            {
                var value = sample is { IsEvidence: true } ? sample.Signs[limit.Sign] : null;
                margins.Add(new(limit.Sign, most, value, value > most));
            }
        }

        return margins.ToImmutable();
    }

    /// <summary>A fresh source without a request is healthy: it has no errors and no latency to show.</summary>
    private static bool IsIdle(Sample? sample, VitalSign sign) =>
        sample is { IsEvidence: true, Signs.Throughput: 0 } && sign is VitalSign.ErrorRate or VitalSign.LatencyP95;

    private void SeeBreach(ConditionMargin breach, long now, bool latch)
    {
        _seen = true;
        _blindAt = null;
        _holdingAt = null;
        _breachedAt ??= now;
        _culprit = breach;
        _shutBy = FlagLimits.Compare(breach);
        _latched |= latch;
        Set(open: false);
    }

    private void SeeNothing(long now, bool hold)
    {
        _breachedAt = null;
        _holdingAt = null;
        _blindAt ??= now;
        if (hold)
        {
            // What was never looked at is served as well: that is what the mark asks for.
            Set(open: _open || (!_seen && !_latched));
        }
        else if (_open && clock.GetElapsedTime(_blindAt.Value, now) >= grace)
        {
            _culprit = null;
            _shutBy = "there was no evidence";
            Set(open: false);
        }
    }

    private void SeeHolding(long now, TimeSpan recoverFor)
    {
        _breachedAt = null;
        _blindAt = null;
        _holdingAt ??= now;
        if (!_latched && (!_seen || clock.GetElapsedTime(_holdingAt.Value, now) >= recoverFor))
        {
            _culprit = null;
            Set(open: true);
        }

        _seen = true;
    }

    private void Set(bool open)
    {
        if (_open != open)
        {
            _open = open;
            _since = clock.GetUtcNow();
        }
    }

    private string Say(
        GateState state, FlagConditions conditions, ImmutableArray<ConditionMargin> margins, ConditionMargin? missing, Sample? sample, long now) => state switch
        {
            GateState.Breached => $"{_shutBy} for {Seconds(_breachedAt, now)}{(_latched ? ", latched until a person resets it" : "")}",
            GateState.Latched => $"latched since {_shutBy}, a person must reset it",
            GateState.Waiting => $"waiting for the first evidence of {conditions.Service}, {Seconds(_startedAt, now)} so far",
            GateState.Blind => $"{Missing(conditions, missing!, sample)} for {Seconds(_blindAt, now)}{Why(sample)}",
            GateState.Held => $"held, although there is {Missing(conditions, missing!, sample)} for {Seconds(_blindAt, now)}",
            GateState.Recovering =>
                $"every limit has held for {Seconds(_holdingAt, now)} of {conditions.RecoverFor.TotalSeconds:0.#} s since {_shutBy}",
            _ when missing is not null => $"{Missing(conditions, missing, sample)} for {Seconds(_blindAt, now)}, borne for {grace.TotalSeconds:0.#} s",
            _ => string.Join(", ", margins.Select(FlagLimits.Compare)),
        };

    private static string Missing(FlagConditions conditions, ConditionMargin missing, Sample? sample) =>
        sample is { IsEvidence: true } ? $"no evidence of {missing.Sign.Info().Title} of {conditions.Service}" : $"no fresh evidence of {conditions.Service}";

    /// <summary>What the source says of it, if it says anything.</summary>
    private static string Why(Sample? sample) =>
        sample is { IsEvidence: false, Note: { Length: > 0 } note } ? $" ({note.TrimEnd('.')})" : "";

    private string Seconds(long? from, long now) =>
        $"{(from is { } start ? Math.Floor(clock.GetElapsedTime(start, now).TotalSeconds) : 0):0} s";
}
