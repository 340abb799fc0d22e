namespace OpsConsole.Embedded;

/// <summary>
/// How durations were distributed: counts between bounds. Distributions are added by their buckets, whatever their bounds; percentiles
/// are read from the sum by linear interpolation.
/// </summary>
internal sealed class LatencyBuckets
{
    /// <summary>How many different buckets are told apart; what lies in further ones is counted between powers of two.</summary>
    private const int MostBuckets = 2_000;

    private const int SmallestPower = -10, LargestPower = 40;

    private readonly Dictionary<(double Lower, double Upper), double> _counts = [];

    /// <summary>How many durations there are.</summary>
    public double Count { get; private set; }

    /// <summary>Adds durations that lie evenly between two bounds, or at one value if both are the same.</summary>
    public void Add(double lower, double upper, double count)
    {
        if (count <= 0)
        {
            return;
        }

        var bucket = (lower, upper);
        if (_counts.Count >= MostBuckets && !_counts.ContainsKey(bucket))
        {
            bucket = Coarse((lower + upper) / 2);
        }

        _counts[bucket] = _counts.GetValueOrDefault(bucket) + count;
        Count += count;
    }

    public void Add(LatencyBuckets other)
    {
        foreach (var ((lower, upper), count) in other._counts)
        {
            Add(lower, upper, count);
        }
    }

    /// <summary>The value below which a share of the durations lies; <see langword="null"/> if there are none.</summary>
    /// <param name="share">0 to 1.</param>
    public double? Percentile(double share)
    {
        if (Count <= 0)
        {
            return null;
        }

        var edges = Edges();
        var rank = share * Count;
        var (below, slope, at) = (0.0, 0.0, edges[0].At);
        foreach (var edge in edges)
        {
            var reached = below + (slope * (edge.At - at));
            if (reached >= rank && slope > 0)
            {
                return at + ((rank - below) / slope);
            }

            (below, at) = (reached + edge.Jump, edge.At);
            if (below >= rank && edge.Jump > 0)
            {
                return at;
            }

            slope = edge.Open == 0 ? 0 : slope + edge.Slope;
        }

        return at;
    }

    private static (double Lower, double Upper) Coarse(double value)
    {
        var power = value > 0 ? Math.Clamp(Math.ILogB(value), SmallestPower, LargestPower) : SmallestPower;
        return (power == SmallestPower ? 0 : Math.ScaleB(1, power), Math.ScaleB(1, power + 1));
    }

    /// <summary>Where the density changes: sorted, each place once, with how many buckets are open after it.</summary>
    private List<(double At, double Slope, double Jump, int Open)> Edges()
    {
        var changes = new SortedDictionary<double, (double Slope, double Jump, int Opened)>();
        void Change(double at, double slope, double jump, int opened)
        {
            var known = changes.GetValueOrDefault(at);
            changes[at] = (known.Slope + slope, known.Jump + jump, known.Opened + opened);
        }

        foreach (var ((lower, upper), count) in _counts)
        {
            if (upper > lower)
            {
                Change(lower, count / (upper - lower), 0, 1);
                Change(upper, -count / (upper - lower), 0, -1);
            }
            else
            {
                Change(lower, 0, count, 0);
            }
        }

        var open = 0;
        return [.. changes.Select(change => (change.Key, change.Value.Slope, change.Value.Jump, open += change.Value.Opened))];
    }
}
