using System.Collections.Immutable;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health;

/// <summary>Judges how far a sample may still be believed, at any time after it was published.</summary>
internal sealed class HealthJudge(TimeProvider time, FreshnessPolicy policy)
{
    /// <summary>When the monitor has not looked for so long, nothing that it published is evidence any more.</summary>
    private static readonly TimeSpan MonitorPatience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromSeconds(1);

    private ImmutableSortedDictionary<string, TimeSpan> _periods = ImmutableSortedDictionary.Create<string, TimeSpan>(StringComparer.Ordinal);
    private long _skewTicks;

    /// <summary>How often the services report.</summary>
    public ImmutableSortedDictionary<string, TimeSpan> Periods => _periods;

    /// <summary>How far this replica's clock is ahead of that of the leader whose looks it shows.</summary>
    public TimeSpan Skew
    {
        get => new(Volatile.Read(ref _skewTicks));
        set => Volatile.Write(ref _skewTicks, value.Ticks);
    }

    /// <summary>The time on the clock by which the newest look was taken.</summary>
    public DateTimeOffset Now => time.GetUtcNow() - Skew;

    /// <summary>Remembers how often a service reports.</summary>
    public void Learn(string service, TimeSpan period) =>
        ImmutableInterlocked.Update(ref _periods, static (periods, learned) => periods.SetItem(learned.service, learned.period), (service, period));

    public Freshness Judge(TimeSpan age, TimeSpan period) => policy.Judge(age, period);

    public Freshness Judge(string service, TimeSpan age) => policy.Judge(age, _periods.GetValueOrDefault(service, DefaultPeriod));

    /// <summary>The sample as it is to be seen now: a dead monitor does not look alive.</summary>
    public Sample AsOfNow(HealthSnapshot snapshot, Sample sample)
    {
        if (sample.At is not { } at)
        {
            return sample;
        }

        var now = Now;
        var age = Age(now, at);
        var period = _periods.GetValueOrDefault(sample.Service, DefaultPeriod);
        var blind = now - snapshot.At > MonitorPatience;
        return sample with
        {
            Age = age,
            Freshness = Look(sample.Freshness, age, period, blind),
            Note = blind ? "The console has not looked at its sources for more than 3 s." : sample.Note,
            Instances = [.. sample.Instances.Select(instance => instance with
            {
                Freshness = Look(instance.Freshness, Age(now, instance.At), period, blind),
            })],
        };
    }

    public static TimeSpan Age(DateTimeOffset now, DateTimeOffset at) => now > at ? now - at : TimeSpan.Zero;

    private Freshness Look(Freshness published, TimeSpan age, TimeSpan period, bool blind) =>
        published is Freshness.Unknown or Freshness.Failed ? published
        : blind ? Freshness.Stale
        : policy.Judge(age, period);
}
