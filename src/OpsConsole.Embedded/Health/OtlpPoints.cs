using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf.Collections;
using OpsConsole.Embedded.Otlp;

namespace OpsConsole.Embedded;

/// <summary>A duration as sent: its series, whether it tells of failed requests, and milliseconds in its unit.</summary>
internal sealed record DurationReport(string Series, DurationPoint Point, bool Delta, bool Error, double Scale);

/// <summary>A number as sent.</summary>
internal sealed record NumberReport(string Metric, string Series, ulong Start, ulong Time, double Value, bool Delta, bool Counter);

/// <summary>
/// Sorts out the points of a request: what is a vital sign is taken, what is hostile or broken is refused with a reason, the rest is
/// of no concern here.
/// </summary>
internal sealed class OtlpPoints(DateTimeOffset now, int maxAttributes, ImmutableArray<string> ignoredRoutes)
{
    private const string Duration = "http.server.request.duration";
    private const long MostCounted = 1L << 53;

    /// <summary>Beyond it nothing is a measurement, and sums of what is below it stay finite.</summary>
    private const double Largest = 1e15;

    private const int MostBuckets = 320;
    private const int LongestSeries = 256;
    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Newest = TimeSpan.FromMinutes(1);

    private static readonly ImmutableHashSet<string> Numeric = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        "kestrel.active_connections", "process.cpu.utilization", "process.cpu.time", "dotnet.process.cpu.time", "process.cpu.count", "dotnet.process.cpu.count");

    public List<DurationReport> Durations { get; } = [];

    public List<NumberReport> Numbers { get; } = [];

    /// <summary>The newest time of a point that was not refused; 0 if there was none.</summary>
    public ulong NewestTime { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Why the last refused point was refused.</summary>
    public string? Problem { get; private set; }

    public void Take(ResourceMetrics resource)
    {
        foreach (var metric in resource.ScopeMetrics.SelectMany(scope => scope.Metrics))
        {
            Take(metric);
        }
    }

    private void Take(Metric metric)
    {
        switch (metric.DataCase)
        {
            case Metric.DataOneofCase.Histogram:
                foreach (var point in metric.Histogram.DataPoints)
                {
                    if (Accept(point.TimeUnixNano, point.StartTimeUnixNano, point.Flags, point.Attributes) && metric.Name == Duration)
                    {
                        Add(metric, metric.Histogram.AggregationTemporality, point.Attributes, Read(point));
                    }
                }

                break;
            case Metric.DataOneofCase.ExponentialHistogram:
                foreach (var point in metric.ExponentialHistogram.DataPoints)
                {
                    if (Accept(point.TimeUnixNano, point.StartTimeUnixNano, point.Flags, point.Attributes) && metric.Name == Duration)
                    {
                        Add(metric, metric.ExponentialHistogram.AggregationTemporality, point.Attributes, Read(point));
                    }
                }

                break;
            case Metric.DataOneofCase.Sum:
                Take(metric.Name, metric.Sum.DataPoints, metric.Sum.AggregationTemporality == AggregationTemporality.Delta, metric.Sum.IsMonotonic);
                break;
            case Metric.DataOneofCase.Gauge:
                Take(metric.Name, metric.Gauge.DataPoints, delta: false, counter: false);
                break;
        }
    }

    private void Take(string metric, RepeatedField<NumberDataPoint> points, bool delta, bool counter)
    {
        foreach (var point in points)
        {
            if (!Accept(point.TimeUnixNano, point.StartTimeUnixNano, point.Flags, point.Attributes) || !Numeric.Contains(metric))
            {
                continue;
            }

            var value = point.ValueCase switch
            {
                NumberDataPoint.ValueOneofCase.AsDouble => point.AsDouble,
                NumberDataPoint.ValueOneofCase.AsInt => point.AsInt,
                _ => double.NaN,
            };
            if (!IsMeasured(value))
            {
                Refuse($"A point of {metric} is not a finite number, or is beyond {Largest:E0}.");
                continue;
            }

            Numbers.Add(new(metric, SeriesOf(point.Attributes), point.StartTimeUnixNano, point.TimeUnixNano, value, delta, counter));
        }
    }

    private void Add(Metric metric, AggregationTemporality temporality, RepeatedField<KeyValue> attributes, DurationPoint? point)
    {
        if (point is null)
        {
            Refuse("A histogram's counts, bounds or sum do not fit together, are too many or not finite.");
        }
        else if (temporality is not (AggregationTemporality.Delta or AggregationTemporality.Cumulative))
        {
            Refuse("A histogram does not say whether it is cumulative.");
        }
        else if (!IsIgnored(attributes))
        {
            Durations.Add(new(
                SeriesOf(attributes), point, temporality == AggregationTemporality.Delta, IsError(attributes), metric.Unit == "ms" ? 1 : 1000));
        }
    }

    /// <summary>Whether the time and the attributes of a point can be believed, and it has a value at all.</summary>
    private bool Accept(ulong time, ulong start, uint flags, RepeatedField<KeyValue> attributes)
    {
        if ((flags & 1) != 0)
        {
            return false;
        }

        var at = Unix(time);
        if (at < now - Oldest || at > now + Newest || start > time)
        {
            Refuse(at < now - Oldest ? "A point is more than 5 min old."
                : at > now + Newest ? "A point is more than 1 min in the future."
                : "A point ends before it starts.");
            return false;
        }

        if (attributes.Count > maxAttributes)
        {
            Refuse($"A point has more than {maxAttributes} attributes.");
            return false;
        }

        NewestTime = Math.Max(NewestTime, time);
        return true;
    }

    private void Refuse(string problem)
    {
        Refused++;
        Problem = problem;
    }

    private static bool IsMeasured(double value) => Math.Abs(value) <= Largest;

    private static DateTimeOffset Unix(ulong nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks((long)(nanoseconds / 100));

    private static ExplicitDurations? Read(HistogramDataPoint point)
    {
        if (point.Count > MostCounted || point.BucketCounts.Count > MostBuckets
            || (point.HasSum && !IsMeasured(point.Sum)) || (point.HasMax && !IsMeasured(point.Max))
            || (point.BucketCounts.Count > 0 && point.BucketCounts.Count != point.ExplicitBounds.Count + 1)
            || Counts(point.BucketCounts, point.Count) is not { } counts)
        {
            return null;
        }

        double[] bounds = [.. point.ExplicitBounds];
        for (var i = 0; i < bounds.Length; i++)
        {
            if (!IsMeasured(bounds[i]) || (i > 0 && bounds[i] <= bounds[i - 1]))
            {
                return null;
            }
        }

        return new(point.StartTimeUnixNano, point.TimeUnixNano, (long)point.Count, point.HasSum ? point.Sum : null, point.HasMax ? point.Max : null, bounds, counts);
    }

    private static ExponentialDurations? Read(ExponentialHistogramDataPoint point)
    {
        var positive = point.Positive ?? new ExponentialHistogramDataPoint.Types.Buckets();
        if (point.Count > MostCounted || point.ZeroCount > point.Count || positive.BucketCounts.Count > MostBuckets || point.Scale is < -10 or > 20
            || point.Negative?.BucketCounts.Any(count => count > 0) == true
            || (point.HasSum && !IsMeasured(point.Sum)) || (point.HasMax && !IsMeasured(point.Max))
            || !IsMeasured(ExponentialDurations.Bound(point.Scale, (long)positive.Offset + positive.BucketCounts.Count))
            || Counts(positive.BucketCounts, point.Count - point.ZeroCount) is not { } counts)
        {
            return null;
        }

        return new(
            point.StartTimeUnixNano, point.TimeUnixNano, (long)point.Count, point.HasSum ? point.Sum : null, point.HasMax ? point.Max : null,
            point.Scale, (long)point.ZeroCount, positive.Offset, counts);
    }

    /// <summary>The counts, if together they are what they must be.</summary>
    private static long[]? Counts(RepeatedField<ulong> sent, ulong together)
    {
        var counts = new long[sent.Count];
        var left = together;
        for (var i = 0; i < counts.Length; i++)
        {
            if (sent[i] > left)
            {
                return null;
            }

            left -= sent[i];
            counts[i] = (long)sent[i];
        }

        return left == 0 || counts.Length == 0 ? counts : null;
    }

    private bool IsIgnored(RepeatedField<KeyValue> attributes) =>
        Find(attributes, "http.route") is { ValueCase: AnyValue.ValueOneofCase.StringValue } route
        && ignoredRoutes.Any(ignored => route.StringValue.StartsWith(ignored, StringComparison.Ordinal));

    private static bool IsError(RepeatedField<KeyValue> attributes) =>
        (Find(attributes, "error.type") is { } type && Text(type).Length > 0)
        || (Find(attributes, "http.response.status_code") is { } code
            && long.TryParse(Text(code), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status >= 500);

    private static AnyValue? Find(RepeatedField<KeyValue> attributes, string key) =>
        attributes.FirstOrDefault(attribute => attribute.Key == key)?.Value;

    public static string Text(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString("R", CultureInfo.InvariantCulture),
        _ => "",
    };

    /// <summary>What tells a series from the others of its metric. Long attributes are known by their hash, so that it stays short.</summary>
    private static string SeriesOf(RepeatedField<KeyValue> attributes)
    {
        var series = string.Join(
            '\u001f',
            attributes.Select(attribute => attribute.Key + "\u001e" + Text(attribute.Value)).Order(StringComparer.Ordinal));
        return series.Length <= LongestSeries ? series : Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(series.AsSpan())));
    }
}
