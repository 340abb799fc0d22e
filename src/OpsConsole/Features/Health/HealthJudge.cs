using System.Collections.Immutable;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health;

/// <summary>Judges how far a sample may still be believed, at any time after it was published.</summary>
internal sealed class HealthJudge(TimeProvider time, FreshnessPolicy policy)
{
    /// <summary>When the monitor has not looked for so long, nothing that it published is evidence any more.</summary>
    private static readonly TimeSpan MonitorPatience = TimeSpan.FromSeconds(3);

    private static readonly ReportPace DefaultPace = new(TimeSpan.FromSeconds(1), TimeSpan.Zero);

    private ImmutableSortedDictionary<string, ReportPace> _paces = ImmutableSortedDictionary.Create<string, ReportPace>(StringComparer.Ordinal);
    private long _skewTicks;

    /// <summary>How often the services report.</summary>
    public ImmutableSortedDictionary<string, ReportPace> Paces => _paces;

    /// <summary>How far this replica's clock is ahead of that of the leader whose looks it shows.</summary>
    public TimeSpan Skew
    {
        get => new(Volatile.Read(ref _skewTicks));
        set => Volatile.Write(ref _skewTicks, value.Ticks);
    }

    /// <summary>The time on the clock by which the newest look was taken.</summary>
    public DateTimeOffset Now => time.GetUtcNow() - Skew;

    /// <summary>Remembers how often a service reports.</summary>
    public void Learn(string service, ReportPace pace)
    {
        if (!_paces.TryGetValue(service, out var known) || known != pace)
        {
            ImmutableInterlocked.Update(ref _paces, static (paces, learned) => paces.SetItem(learned.service, learned.pace), (service, pace));
        }
    }

    /// <summary>Judges an age; the part of it in which evidence is on its way is no delay.</summary>
    public Freshness Judge(TimeSpan age, ReportPace pace) => policy.Judge(age - pace.Delay, pace.Period);

    public Freshness Judge(string service, TimeSpan age) => Judge(age, PaceOf(service));

    /// <summary>The sample as it is to be seen now: a dead monitor does not look alive.</summary>
    public Sample AsOfNow(HealthSnapshot snapshot, Sample sample)
    {
        if (sample.At is not { } at)
        {
            return sample;
        }

        var now = Now;
        var age = Age(now, at);
        var pace = PaceOf(sample.Service);
        var blind = now - snapshot.At > MonitorPatience;
        return sample with
        {
            Age = age,
            Freshness = Look(sample.Freshness, age, pace, blind),
            Note = blind ? "The console has not looked at its sources for more than 3 s." : sample.Note,
            Instances = [.. sample.Instances.Select(instance => instance with
            {
                Freshness = Look(instance.Freshness, Age(now, instance.At), pace, blind),
            })],
        };
    }

    public static TimeSpan Age(DateTimeOffset now, DateTimeOffset at) => now > at ? now - at : TimeSpan.Zero;

    private ReportPace PaceOf(string service) => _paces.TryGetValue(service, out var pace) ? pace : DefaultPace;

    private Freshness Look(Freshness published, TimeSpan age, ReportPace pace, bool blind) =>
        published is Freshness.Unknown or Freshness.Failed ? published
        : blind ? Freshness.Stale
        : Judge(age, pace);
}
