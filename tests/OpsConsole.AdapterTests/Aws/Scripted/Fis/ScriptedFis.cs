using System.Globalization;
using System.Text.Json.Nodes;
using OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.Fis;

/// <summary>The Fault Injection Service: templates, experiments that follow the clock, the safety lever, quotas.</summary>
internal sealed partial class ScriptedFis : ScriptedService, IFisAccount
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ScriptedCloudWatch _cloudWatch;
    private readonly List<JsonObject> _templates = [];
    private readonly Dictionary<string, JsonObject> _templateInputs = new(StringComparer.Ordinal);
    private readonly List<FisExperiment> _experiments = [];
    private readonly List<FisResource> _resources = [];
    private readonly Queue<(string Code, string Reason)> _failures = [];
    private (string Status, string Reason, DateTimeOffset Since) _lever;
    private int _ids;

    public ScriptedFis(TimeProvider time, ScriptedCloudWatch cloudWatch)
    {
        (_time, _cloudWatch) = (time, cloudWatch);
        _lever = ("disengaged", "", time.GetUtcNow());
        cloudWatch.WhenInAlarm = StopBy;
    }

    /// <summary>How long its states last; counts for experiments that are started later.</summary>
    public FisTimings Timings { get; set; } = FisTimings.Usual;

    /// <summary>How many experiments may be active at once.</summary>
    public int MostActiveExperiments { get; set; } = 5;

    /// <summary>How many templates there may be.</summary>
    public int MostTemplates { get; set; } = 500;

    /// <summary>How many actions a template may have.</summary>
    public int MostActions { get; set; } = 20;

    /// <summary>Every experiment, oldest first, as it stands now.</summary>
    public IReadOnlyList<FisExperiment> Experiments
    {
        get
        {
            lock (_gate)
            {
                Advance();
                return [.. _experiments];
            }
        }
    }

    /// <summary>Where the safety lever stands now: <c>disengaged</c>, <c>engaging</c> or <c>engaged</c>, and why.</summary>
    public (string Status, string Reason) Lever
    {
        get
        {
            lock (_gate)
            {
                Advance();
                return (_lever.Status, _lever.Reason);
            }
        }
    }

    bool IFisAccount.IsLeverEngaged => _lever.Status != "disengaged";

    IReadOnlyList<FisResource> IFisAccount.Resources => _resources;

    IEnumerable<string> IFisAccount.AlarmsInAlarm => _cloudWatch.AlarmsInAlarm;

    /// <summary>Puts a resource into the account that targets can resolve to.</summary>
    /// <param name="arn">Its ARN.</param>
    /// <param name="type">Its type.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="attributes">What filters look at, by path.</param>
    public void AddResource(
        string arn,
        string type = "aws:ec2:instance",
        IReadOnlyDictionary<string, string>? tags = null,
        IReadOnlyDictionary<string, string>? attributes = null)
    {
        lock (_gate)
        {
            _resources.Add(new FisResource(arn, type, tags ?? new Dictionary<string, string>(), attributes ?? new Dictionary<string, string>()));
        }
    }

    /// <summary>Adds a template with one action on one target, and so many instances that the target resolves to.</summary>
    /// <param name="description">Its description.</param>
    /// <param name="duration">How long its action takes; five minutes when null.</param>
    /// <param name="alarmArn">The alarm that stops its experiments; none when null.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="instances">How many instances its target resolves to.</param>
    /// <param name="actionId">What its action does.</param>
    /// <returns>Its id.</returns>
    public string AddTemplate(
        string description = "Stop instances",
        TimeSpan? duration = null,
        string? alarmArn = null,
        IReadOnlyDictionary<string, string>? tags = null,
        int instances = 2,
        string actionId = "aws:ec2:stop-instances")
    {
        var fleet = string.Create(CultureInfo.InvariantCulture, $"fleet-{_templates.Count + 1}");
        for (var i = 0; i < instances; i++)
        {
            AddResource(
                string.Create(CultureInfo.InvariantCulture, $"arn:aws:ec2:{ScriptedAws.Region}:{ScriptedAws.Account}:instance/i-{fleet}-{i:D4}"),
                tags: new Dictionary<string, string> { ["fleet"] = fleet });
        }
        return AddTemplate(Json.Object(
            ("description", description),
            ("roleArn", $"arn:aws:iam::{ScriptedAws.Account}:role/fis"),
            ("stopConditions", Json.Array([Json.Object(("source", alarmArn is null ? "none" : "aws:cloudwatch:alarm"), ("value", alarmArn))])),
            ("targets", Json.Object(("Instances", Json.Object(
                ("resourceType", "aws:ec2:instance"), ("resourceTags", Json.Object(("fleet", fleet))), ("selectionMode", "ALL"))))),
            ("actions", Json.Object(("Strike", Json.Object(
                ("actionId", actionId),
                ("parameters", Json.Object(("duration", System.Xml.XmlConvert.ToString(duration ?? TimeSpan.FromMinutes(5))))),
                ("targets", Json.Object(("Instances", "Instances"))))))),
            ("tags", Json.Map(tags))));
    }

    /// <summary>Adds a template.</summary>
    /// <param name="template">Its members, as CreateExperimentTemplate takes them; the client token may be missing.</param>
    /// <returns>Its id.</returns>
    public string AddTemplate(JsonObject template)
    {
        var input = template.DeepClone().AsObject();
        input["clientToken"] ??= NextId("token");
        return Answer(new Asked("CreateExperimentTemplate", input))["experimentTemplate"].Text("id")!;
    }

    /// <summary>Starts an experiment as someone else would, past all faults.</summary>
    /// <param name="templateId">The template.</param>
    /// <param name="tags">The experiment's tags.</param>
    /// <returns>The experiment's id.</returns>
    public string StartElsewhere(string templateId, IReadOnlyDictionary<string, string>? tags = null) =>
        Answer(new Asked("StartExperiment", Json.Object(("clientToken", NextId("token")), ("experimentTemplateId", templateId), ("tags", Json.Map(tags)))))
            ["experiment"].Text("id")!;

    /// <summary>Stops an experiment as someone else would.</summary>
    /// <param name="id">The experiment.</param>
    public void StopElsewhere(string id) => Answer(new Asked("StopExperiment", Json.Object(("id", id))));

    /// <summary>Moves the safety lever as someone else would.</summary>
    /// <param name="engaged">Whether it shall be engaged.</param>
    /// <param name="reason">Why.</param>
    public void MoveLeverElsewhere(bool engaged, string reason) => Answer(new Asked(
        "UpdateSafetyLeverState",
        Json.Object(("id", "default"), ("state", Json.Object(("status", engaged ? "engaged" : "disengaged"), ("reason", reason))))));

    /// <summary>The next experiment that begins to run fails instead.</summary>
    /// <param name="code">The error's code.</param>
    /// <param name="reason">Why.</param>
    public void FailNext(string code = "AccessDenied", string reason = "The role may not stop instances.")
    {
        lock (_gate)
        {
            _failures.Enqueue((code, reason));
        }
    }

    (string Code, string Reason)? IFisAccount.TakeFailure() => _failures.TryDequeue(out var failure) ? failure : null;

    private void Advance()
    {
        var now = _time.GetUtcNow();
        foreach (var experiment in _experiments)
        {
            experiment.Advance(now, this);
        }
        if (_lever.Status == "engaging" && now >= _lever.Since + Timings.Engaging && !_experiments.Exists(experiment => experiment.IsActive))
        {
            _lever.Status = "engaged";
        }
    }

    private void StopBy(string alarmArn)
    {
        lock (_gate)
        {
            Advance();
            foreach (var experiment in _experiments.Where(experiment => experiment.Status == "running" && experiment.IsStoppedBy(alarmArn)))
            {
                experiment.Stop($"Experiment stopped by stop condition {alarmArn}.", _time.GetUtcNow());
            }
        }
    }

    private string NextId(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{Interlocked.Increment(ref _ids):D13}");
}
