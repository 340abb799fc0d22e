using System.Collections.Immutable;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health;

/// <summary>Judges how far a sample may still be believed, at any time after it was published.</summary>
internal sealed class HealthJudge(TimeProvider time, FreshnessPolicy policy)
{
    /// <summary>When the monitor has not looked for so long, nothing that it published is evidence any more.</summary>
    private static readonly TimeSpan MonitorPatience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan DefaultPeriod = TimeSpan.FromSeconds(1);

    private ImmutableDictionary<string, TimeSpan> _periods = ImmutableDictionary.Create<string, TimeSpan>(StringComparer.Ordinal);

    /// <summary>Remembers how often a service reports.</summary>
    public void Learn(string service, TimeSpan period) =>
        ImmutableInterlocked.AddOrUpdate(ref _periods, service, period, (_, _) => period);

    public Freshness Judge(TimeSpan age, TimeSpan period) => policy.Judge(age, period);

    /// <summary>The sample as it is to be seen now: a dead monitor does not look alive.</summary>
    public Sample AsOfNow(HealthSnapshot snapshot, Sample sample)
    {
        if (sample.At is not { } at)
        {
            return sample;
        }

        var now = time.GetUtcNow();
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
