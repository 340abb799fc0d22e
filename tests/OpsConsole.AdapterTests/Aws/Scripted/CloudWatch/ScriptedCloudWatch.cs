using System.Text.Json.Nodes;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;

/// <summary>CloudWatch: metrics, statistics, metric math, alarms with their history.</summary>
/// <param name="time">The server's clock.</param>
internal sealed partial class ScriptedCloudWatch(TimeProvider time) : JsonRpcService("GraniteServiceVersion20100801", "application/x-amz-json-1.0")
{
    private readonly Lock _gate = new();
    private readonly MetricStore _metrics = new();
    private readonly List<ScriptedAlarm> _alarms = [];
    private readonly List<JsonObject> _history = [];
    private readonly Dictionary<string, string> _statuses = new(StringComparer.Ordinal);

    /// <summary>Is told the ARN of an alarm that has gone into ALARM.</summary>
    internal Action<string>? WhenInAlarm { get; set; }

    public override string SigningName => "monitoring";

    public override string PermissionPrefix => "cloudwatch";

    /// <summary>How long a published datum takes until it can be read.</summary>
    public TimeSpan IngestionDelay { get; set; }

    /// <summary>Points on a page of GetMetricData at most; 100,800 is what the service allows. A small number makes many pages.</summary>
    public int MostPointsPerPage { get; set; } = 100_800;

    /// <summary>Metrics on a page of ListMetrics.</summary>
    public int MetricsPerPage { get; set; } = 500;

    /// <summary>The ARNs of the alarms that are in ALARM.</summary>
    public IReadOnlyList<string> AlarmsInAlarm
    {
        get
        {
            lock (_gate)
            {
                return [.. _alarms.Where(alarm => alarm.State == "ALARM").Select(alarm => alarm.Arn)];
            }
        }
    }

    /// <summary>Publishes one value.</summary>
    /// <param name="namespace">The metric's namespace, such as <c>AWS/ApplicationELB</c>.</param>
    /// <param name="name">The metric's name.</param>
    /// <param name="value">The value.</param>
    /// <param name="at">The time that it is for; now when null.</param>
    /// <param name="dimensions">The metric's dimensions.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="highResolution">Whether it is kept by the second; else periods must be multiples of a minute.</param>
    public void Put(
        string @namespace,
        string name,
        double value,
        DateTimeOffset? at = null,
        IReadOnlyDictionary<string, string>? dimensions = null,
        string unit = "None",
        bool highResolution = false)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _metrics.Add(
                MetricKey.Of(@namespace, name, dimensions ?? new Dictionary<string, string>()),
                MetricDatum.Of(at ?? now, now, [(value, 1)], unit, highResolution));
        }
    }

    /// <summary>What was published for a metric, through the wire or by <see cref="Put"/>, in the order in which it came.</summary>
    /// <param name="namespace">The metric's namespace.</param>
    /// <param name="name">The metric's name.</param>
    /// <param name="dimensions">The metric's dimensions.</param>
    public IReadOnlyList<MetricDatum> Published(string @namespace, string name, IReadOnlyDictionary<string, string>? dimensions = null)
    {
        lock (_gate)
        {
            return [.. _metrics.Data(MetricKey.Of(@namespace, name, dimensions ?? new Dictionary<string, string>()))];
        }
    }

    /// <summary>From now on GetMetricData answers for metrics of this name with this status.</summary>
    /// <param name="metricName">The metric's name.</param>
    /// <param name="status">
    /// <c>Complete</c>; <c>PartialData</c>, with the newest point missing; <c>InternalError</c> or <c>Forbidden</c>, with no points.
    /// </param>
    public void SetStatus(string metricName, string status)
    {
        lock (_gate)
        {
            _statuses[metricName] = status;
        }
    }

    /// <summary>Adds an alarm on a metric; it has insufficient data until <see cref="SetAlarm"/> moves it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="namespace">The metric's namespace.</param>
    /// <param name="metricName">The metric's name.</param>
    /// <param name="threshold">What it compares with.</param>
    /// <param name="dimensions">The metric's dimensions.</param>
    /// <param name="actions">The ARNs of what it does in ALARM.</param>
    /// <returns>Its ARN.</returns>
    public string AddAlarm(
        string name,
        string @namespace = "AWS/ApplicationELB",
        string metricName = "HTTPCode_Target_5XX_Count",
        double threshold = 5,
        IReadOnlyDictionary<string, string>? dimensions = null,
        params string[] actions) => Add(name, isComposite: false, Json.Object(
            ("Namespace", @namespace),
            ("MetricName", metricName),
            ("Dimensions", Json.Array((dimensions ?? new Dictionary<string, string>())
                .Select(dimension => Json.Object(("Name", dimension.Key), ("Value", dimension.Value))))),
            ("Statistic", "Average"),
            ("Period", 60),
            ("EvaluationPeriods", 1),
            ("Threshold", threshold),
            ("ComparisonOperator", "GreaterThanThreshold"),
            ("AlarmActions", Json.Texts(actions))));

    /// <summary>Adds an alarm on other alarms.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rule">Its rule.</param>
    /// <returns>Its ARN.</returns>
    public string AddCompositeAlarm(string name, string rule) => Add(name, isComposite: true, Json.Object(("AlarmRule", rule)));

    /// <summary>Moves an alarm; one that goes into ALARM stops the experiments that it is a stop condition of.</summary>
    /// <param name="name">The alarm.</param>
    /// <param name="state"><c>OK</c>, <c>ALARM</c> or <c>INSUFFICIENT_DATA</c>.</param>
    /// <param name="reason">Why.</param>
    public void SetAlarm(string name, string state, string reason = "Threshold Crossed")
    {
        string arn;
        lock (_gate)
        {
            var alarm = _alarms.Find(alarm => alarm.Name == name) ?? throw new ArgumentException($"There is no alarm {name}.", nameof(name));
            _history.Add(alarm.Move(state, reason, time.GetUtcNow()));
            arn = alarm.Arn;
        }
        if (state == "ALARM")
        {
            WhenInAlarm?.Invoke(arn);
        }
    }

    private string Add(string name, bool isComposite, JsonObject members)
    {
        lock (_gate)
        {
            var alarm = new ScriptedAlarm(name, isComposite, members, time.GetUtcNow());
            _alarms.Add(alarm);
            _history.Add(alarm.History("ConfigurationUpdate", $"Alarm \"{name}\" created", Json.Object(("version", "1.0"), ("type", "Create")), time.GetUtcNow()));
            return alarm.Arn;
        }
    }
}
