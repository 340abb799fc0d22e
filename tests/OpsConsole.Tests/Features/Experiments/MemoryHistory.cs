using System.Collections.Immutable;
using OpsConsole.Core.Health;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>A history of seconds in memory.</summary>
internal sealed class MemoryHistory : IHealthHistory
{
    private readonly Dictionary<(string Service, long Second), VitalSigns> _seconds = [];

    public long LastSequence { get; private set; }

    /// <summary>Set: it cannot be read.</summary>
    public bool Broken { get; set; }

    public IReadOnlyCollection<string> Services => [.. _seconds.Keys.Select(key => key.Service).Distinct(StringComparer.Ordinal)];

    public void Record(HealthSnapshot snapshot)
    {
        LastSequence = snapshot.Sequence;
        foreach (var (service, sample) in snapshot.Services)
        {
            if (sample is { IsEvidence: true, At: { } at })
            {
                _seconds[(service, at.ToUnixTimeSeconds())] = sample.Signs;
            }
        }
    }

    public void Fill(string service, TimeSpan period, IReadOnlyList<PastSigns> past)
    {
        foreach (var (at, signs) in past)
        {
            _seconds.TryAdd((service, at.ToUnixTimeSeconds()), signs);
        }
    }

    public ValueTask<HistoryWindow?> ReadAsync(
        string service, DateTimeOffset from, DateTimeOffset to, int points, CancellationToken cancellationToken)
    {
        if (Broken)
        {
            throw new IOException("The history cannot be read.");
        }

        var first = from.ToUnixTimeSeconds();
        var count = (int)(to.ToUnixTimeSeconds() - first);
        Assert.InRange(count, 1, points);
        var series = VitalSignCatalog.All.Select(info =>
        {
            float[] values = [.. Enumerable.Range(0, count).Select(second =>
                _seconds.TryGetValue((service, first + second), out var signs) && signs[info.Sign] is { } value ? (float)value : float.NaN)];
            return new HistorySeries(info.Sign, values, values, values);
        }).ToImmutableArray();
        return new(new HistoryWindow(service, DateTimeOffset.FromUnixTimeSeconds(first), TimeSpan.FromSeconds(1), count, series));
    }
}
