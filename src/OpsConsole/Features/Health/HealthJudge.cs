using System.Collections.Immutable;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health;

/// <summary>Judges how far a sample may still be believed, at any time after it was published.</summary>
internal sealed class HealthJudge(TimeProvider time, FreshnessPolicy policy)
{
    /// <summary>When the monitor has not looked for so long, nothing that it published is evidence any more.</summary>
    private static readonly TimeSpan MonitorPatience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromSeconds(1);

    private ImmutableDictionary<string, (TimeSpan Period, TimeSpan Delay)> _pace =
        ImmutableDictionary.Create<string, (TimeSpan, TimeSpan)>(StringComparer.Ordinal);

    /// <summary>Remembers how often a service reports, and how long its evidence is on its way when all is well.</summary>
    public void Learn(string service, TimeSpan period, TimeSpan delay)
    {
        if (_pace.GetValueOrDefault(service) != (period, delay))
        {
            ImmutableInterlocked.AddOrUpdate(ref _pace, service, (period, delay), (_, _) => (period, delay));
        }
    }

    /// <summary>Judges an age.</summary>
    /// <param name="age">Time since the newest evidence.</param>
    /// <param name="period">Time between two reports of the source.</param>
    /// <param name="delay">The part of the age that is no delay.</param>
    public Freshness Judge(TimeSpan age, TimeSpan period, TimeSpan delay) => policy.Judge(age - delay, period);

    /// <summary>The sample as it is to be seen now: a dead monitor does not look alive.</summary>
    public Sample AsOfNow(HealthSnapshot snapshot, Sample sample)
    {
        if (sample.At is not { } at)
        {
            return sample;
        }

        var now = time.GetUtcNow();
        var age = Age(now, at);
        var pace = _pace.GetValueOrDefault(sample.Service, (DefaultPeriod, TimeSpan.Zero));
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

    private Freshness Look(Freshness published, TimeSpan age, (TimeSpan Period, TimeSpan Delay) pace, bool blind) =>
        published is Freshness.Unknown or Freshness.Failed ? published
        : blind ? Freshness.Stale
        : Judge(age, pace.Period, pace.Delay);
}
