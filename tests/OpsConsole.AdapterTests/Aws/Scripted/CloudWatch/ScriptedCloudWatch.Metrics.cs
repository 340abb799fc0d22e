using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;

/// <summary>The operations on metrics.</summary>
internal sealed partial class ScriptedCloudWatch
{
    private const int MostQueries = 500;
    private const int MostPoints = 100_800;
    private const int MostStatistics = 1440;
    private const int MostData = 1000;
    private const int MostValues = 150;
    private const int MostBytes = 1024 * 1024;

    [GeneratedRegex("^[a-z][a-zA-Z0-9_]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex QueryId { get; }

    private JsonObject GetMetricData(JsonObject input)
    {
        var queries = input.Items("MetricDataQueries").ToList();
        CheckQueries(input, queries);
        var series = Series(input, queries);
        var most = Math.Min(input.Whole("MaxDatapoints") ?? MostPoints, MostPointsPerPage);
        var scope = $"data {Scope(input)}";
        var start = input.Text("NextToken") is { } token ? Pages.Read(token, scope) ?? throw InvalidToken() : 0;

        var newestFirst = input.Text("ScanBy") != "TimestampAscending";
        var results = new List<JsonNode>();
        var (seen, left) = (0, most);
        foreach (var query in queries.Where(query => query["ReturnData"] is null || query.Is("ReturnData")))
        {
            var (points, status) = series[query.Text("Id")!];
            var ordered = newestFirst ? points.Reverse().ToList() : [.. points];
            var page = ordered.Skip(Math.Max(0, start - seen)).Take(left).ToList();
            var end = seen + ordered.Count;
            var rest = end - Math.Max(start, seen) - page.Count;
            if (page.Count > 0 || (ordered.Count == 0 && start == 0))
            {
                results.Add(Json.Object(
                    ("Id", query.Text("Id")),
                    ("Label", query.Text("Label") ?? query["MetricStat"]?["Metric"].Text("MetricName") ?? query.Text("Id")),
                    ("Timestamps", Json.Array(page.Select(point => Json.Time(point.Key)))),
                    ("Values", Json.Array(page.Select(point => (JsonNode?)point.Value))),
                    ("StatusCode", rest > 0 ? "PartialData" : status)));
            }
            left -= page.Count;
            seen = end;
        }
        var next = start + (most - left);
        return Json.Object(
            ("MetricDataResults", Json.Array(results)),
            ("NextToken", next < seen ? Pages.Write(next, scope) : null),
            ("Messages", Json.Array([])));
    }

    private static void CheckQueries(JsonObject input, List<JsonNode> queries)
    {
        if (queries.Count is 0 or > MostQueries)
        {
            throw ValidationError($"The collection MetricDataQueries must have 1 to {MostQueries} queries.");
        }
        if (input.When("StartTime") >= input.When("EndTime"))
        {
            throw ValidationError("The parameter StartTime must be less than the parameter EndTime.");
        }
        if (input.Whole("MaxDatapoints") is > MostPoints or < 1)
        {
            throw ValidationError(string.Create(CultureInfo.InvariantCulture, $"MaxDatapoints must be 1 to {MostPoints}."));
        }
        var ids = queries.Select(query => query.Text("Id")!).ToList();
        if (ids.Find(id => !QueryId.IsMatch(id)) is { } bad)
        {
            throw ValidationError($"The value {bad} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.");
        }
        if (ids.Distinct(StringComparer.Ordinal).Count() != ids.Count)
        {
            throw ValidationError("The values for parameter Id are not unique.");
        }
        foreach (var query in queries)
        {
            if (query["MetricStat"] is null == query["Expression"] is null)
            {
                throw ValidationError($"The query {query.Text("Id")} must have either MetricStat or Expression.");
            }
            if (query["MetricStat"] is { } stat)
            {
                CheckPeriod(stat.Whole("Period")!.Value);
                if (!MetricStatistic.Exists(stat.Text("Stat")!))
                {
                    throw ValidationError($"The value {stat.Text("Stat")} for parameter Stat is not supported.");
                }
                if (stat["Metric"].Text("MetricName") is null || stat["Metric"].Text("Namespace") is null)
                {
                    throw ValidationError($"The query {query.Text("Id")} names no metric.");
                }
            }
        }
        if (!queries.Exists(query => query["ReturnData"] is null || query.Is("ReturnData")))
        {
            throw ValidationError("At least one query must return data.");
        }
    }

    private static void CheckPeriod(int period)
    {
        if (period is not (1 or 5 or 10 or 20 or 30) && period % 60 != 0)
        {
            throw ValidationError("The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60.");
        }
    }

    private Dictionary<string, (SortedDictionary<DateTimeOffset, double> Points, string Status)> Series(JsonObject input, List<JsonNode> queries)
    {
        var series = new Dictionary<string, (SortedDictionary<DateTimeOffset, double> Points, string Status)>(StringComparer.Ordinal);
        foreach (var query in queries.Where(query => query["MetricStat"] is not null))
        {
            var stat = query["MetricStat"]!;
            var metric = stat["Metric"]!;
            var periods = _metrics.Periods(
                MetricKey.Of(metric.Text("Namespace")!, metric),
                input.When("StartTime")!.Value,
                input.When("EndTime")!.Value,
                stat.Whole("Period")!.Value,
                stat.Text("Unit"),
                time.GetUtcNow(),
                IngestionDelay);
            var points = new SortedDictionary<DateTimeOffset, double>();
            foreach (var (at, data) in periods)
            {
                if (MetricStatistic.Of(stat.Text("Stat")!, data) is { } value)
                {
                    points[at] = value;
                }
            }
            var status = _statuses.GetValueOrDefault(metric.Text("MetricName")!, "Complete");
            if (status is "InternalError" or "Forbidden")
            {
                points.Clear();
            }
            else if (status == "PartialData" && points.Count > 0)
            {
                points.Remove(points.Keys.Max());
            }
            series[query.Text("Id")!] = (points, status);
        }
        var open = queries.Where(query => query["Expression"] is not null).ToList();
        while (open.Count > 0)
        {
            var known = series.ToDictionary(one => one.Key, one => one.Value.Points, StringComparer.Ordinal);
            var waiting = open.Select(query => query.Text("Id")!).ToHashSet(StringComparer.Ordinal);
            var ready = open.Find(query => !Regex.Matches(query.Text("Expression")!, "[a-z][A-Za-z0-9_]*", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
                .Any(word => waiting.Contains(word.Value))) ?? throw ValidationError("The expressions name one another in a circle.");
            try
            {
                series[ready.Text("Id")!] = (MetricExpression.Evaluate(ready.Text("Expression")!, known), "Complete");
            }
            catch (FormatException exception)
            {
                throw ValidationError(exception.Message);
            }
            open.Remove(ready);
        }
        return series;
    }

    private JsonObject GetMetricStatistics(JsonObject input)
    {
        var statistics = input.TextsOf("Statistics");
        var extended = input.TextsOf("ExtendedStatistics");
        var (start, end, period) = (input.When("StartTime")!.Value, input.When("EndTime")!.Value, input.Whole("Period")!.Value);
        if (statistics.Count == 0 && extended.Count == 0)
        {
            throw Missing("At least one of the parameters Statistics and ExtendedStatistics must be specified.");
        }
        if (start >= end)
        {
            throw Combination("The parameter StartTime must be less than the parameter EndTime.");
        }
        if (period is not (1 or 5 or 10 or 20 or 30) && period % 60 != 0)
        {
            throw Invalid("The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60.");
        }
        if (extended.FirstOrDefault(statistic => !MetricStatistic.Exists(statistic)) is { } unknown)
        {
            throw Invalid($"The value {unknown} for parameter ExtendedStatistics is not supported.");
        }
        var points = (int)Math.Ceiling((end - start).TotalSeconds / period);
        if (points > MostStatistics)
        {
            throw Combination(string.Create(
                CultureInfo.InvariantCulture, $"You have requested up to {points} datapoints, which exceeds the limit of {MostStatistics}."));
        }
        var periods = _metrics.Periods(MetricKey.Of(input.Text("Namespace")!, input), start, end, period, input.Text("Unit"), time.GetUtcNow(), IngestionDelay);
        var data = periods.Select(one =>
        {
            var made = Json.Object(("Timestamp", Json.Time(one.Key)), ("Unit", one.Value[0].Unit));
            foreach (var statistic in statistics)
            {
                made[statistic] = MetricStatistic.Of(statistic, one.Value);
            }
            if (extended.Count > 0)
            {
                made["ExtendedStatistics"] = new JsonObject(extended.Select(statistic => KeyValuePair.Create(statistic, (JsonNode?)MetricStatistic.Of(statistic, one.Value))));
            }
            return made;
        }).ToList();
        // In no order: every other one first.
        return Json.Object(
            ("Label", input.Text("MetricName")),
            ("Datapoints", Json.Array(data.Where((_, i) => i % 2 == 1).Concat(data.Where((_, i) => i % 2 == 0)))));
    }

    private JsonObject ListMetrics(JsonObject input)
    {
        var filters = input.Items("Dimensions").ToList();
        var found = _metrics.List(time.GetUtcNow(), input.ContainsKey("RecentlyActive"))
            .Where(metric => input.Text("Namespace") is not { } space || metric.Namespace == space)
            .Where(metric => input.Text("MetricName") is not { } name || metric.Name == name)
            .Where(metric => filters.TrueForAll(filter => metric.DimensionsByName.TryGetValue(filter.Text("Name")!, out var value)
                && (filter.Text("Value") is not { } wanted || value == wanted)))
            .ToList();
        var (items, next) = Pages.Cut(found, input.Text("NextToken"), MetricsPerPage, $"metrics {Scope(input)}", () => Invalid("The next token is not valid."));
        return Json.Object(("Metrics", Json.Array(items.Select(metric => metric.ToJson()))), ("NextToken", next));
    }

    private JsonObject PutMetricData(JsonObject input)
    {
        var space = input.Text("Namespace")!;
        if (space.StartsWith("AWS/", StringComparison.Ordinal))
        {
            throw Invalid("The value AWS/ for parameter Namespace is invalid: it is reserved.");
        }
        var data = input.Items("MetricData").Concat(input.Items("EntityMetricData").SelectMany(entity => entity.Items("MetricData"))).ToList();
        if (data.Count == 0)
        {
            throw Missing("The parameter MetricData is required.");
        }
        if (data.Count > MostData)
        {
            throw Combination(string.Create(CultureInfo.InvariantCulture, $"The collection MetricData must not have a size greater than {MostData}."));
        }
        if (System.Text.Encoding.UTF8.GetByteCount(input.ToJsonString()) > MostBytes)
        {
            throw new AwsError("RequestEntityTooLarge", 413, "The request is larger than 1 MB.", "RequestEntityTooLarge");
        }
        var now = time.GetUtcNow();
        var read = data.ConvertAll(datum => (MetricKey.Of(space, datum), Datum(datum, now)));
        foreach (var (metric, datum) in read)
        {
            _metrics.Add(metric, datum);
        }
        return [];
    }

    private static MetricDatum Datum(JsonNode datum, DateTimeOffset now)
    {
        var at = datum.When("Timestamp") ?? now;
        if (at < now - TimeSpan.FromDays(14) || at > now + TimeSpan.FromHours(2))
        {
            throw Invalid("The parameter Timestamp must be within the past two weeks and the next two hours.");
        }
        if (datum.Whole("StorageResolution") is not (null or 1 or 60))
        {
            throw Invalid("The parameter StorageResolution must be 1 or 60.");
        }
        if (new[] { "Value", "Values", "StatisticValues" }.Count(member => datum[member] is not null) != 1)
        {
            throw Combination("Exactly one of the parameters Value, Values and StatisticValues is required.");
        }
        var unit = datum.Text("Unit") ?? "None";
        var highResolution = datum.Whole("StorageResolution") == 1;
        if (datum["StatisticValues"] is { } set)
        {
            return new MetricDatum(
                at, now, [], Finite(set["SampleCount"]!), Finite(set["Sum"]!), Finite(set["Minimum"]!), Finite(set["Maximum"]!), unit, highResolution);
        }
        var values = datum["Value"] is { } value ? [Finite(value)] : datum.Items("Values").Select(Finite).ToList();
        var counts = datum["Counts"] is null ? [.. values.Select(_ => 1.0)] : datum.Items("Counts").Select(Finite).ToList();
        if (values.Count is 0 or > MostValues)
        {
            throw Invalid($"The collection Values must have 1 to {MostValues} values.");
        }
        return counts.Count == values.Count
            ? MetricDatum.Of(at, now, [.. values.Zip(counts)], unit, highResolution)
            : throw Combination("The collections Values and Counts must have the same size.");
    }

    private static double Finite(JsonNode value) =>
        Json.Number(value) is var number && double.IsFinite(number) ? number : throw Invalid("A value must be a number, and not infinite.");
}
