using OpsConsole.Core.Health;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>The fresh samples of the last minutes, for baselines and verdicts; of a service with a run, those of the whole run.</summary>
internal sealed class SampleRings
{
    private const int MaxServices = 500;
    private const int Idle = 180;
    private const int Watched = 4500;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<Sample>> _rings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _newest = new(StringComparer.Ordinal);

    /// <summary>Takes the samples of a look; one that was taken before does not count again.</summary>
    public void Take(HealthSnapshot snapshot, IReadOnlySet<string> watched)
    {
        lock (_lock)
        {
            foreach (var (service, sample) in snapshot.Services)
            {
                if (sample is not { Freshness: Freshness.Fresh, At: { } at } || (_newest.TryGetValue(service, out var newest) && at <= newest))
                {
                    continue;
                }

                if (!_rings.TryGetValue(service, out var ring))
                {
                    if (_rings.Count == MaxServices)
                    {
                        continue;
                    }

                    _rings[service] = ring = new();
                }

                _newest[service] = at;
                ring.Enqueue(sample with { Instances = [] });
                for (var most = watched.Contains(service) ? Watched : Idle; ring.Count > most;)
                {
                    ring.Dequeue();
                }
            }
        }
    }

    /// <summary>Takes samples from before those that are there.</summary>
    /// <param name="service">The service.</param>
    /// <param name="older">What is known from before, oldest first.</param>
    public void Refill(string service, IReadOnlyList<Sample> older)
    {
        lock (_lock)
        {
            var known = _rings.GetValueOrDefault(service);
            if (older.Count == 0 || (known is null && _rings.Count == MaxServices))
            {
                return;
            }

            var oldest = known is { Count: > 0 } ? known.Peek().At : DateTimeOffset.MaxValue;
            _rings[service] = new([.. older.Where(sample => sample.At < oldest), .. known ?? []]);
            if (known is null)
            {
                _newest[service] = older[^1].At!.Value;
            }
        }
    }

    /// <summary>The samples measured after one time and up to another, oldest first.</summary>
    public IReadOnlyList<Sample> Between(string service, DateTimeOffset after, DateTimeOffset upTo)
    {
        lock (_lock)
        {
            return _rings.TryGetValue(service, out var ring) ? [.. ring.Where(sample => sample.At > after && sample.At <= upTo)] : [];
        }
    }
}
