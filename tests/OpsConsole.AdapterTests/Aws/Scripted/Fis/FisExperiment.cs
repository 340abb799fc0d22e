using System.Text.Json.Nodes;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.Fis;

/// <summary>An experiment; its state follows from the clock, from stops and from alarms.</summary>
/// <param name="id">Its id.</param>
/// <param name="template">The template as it was at the start.</param>
/// <param name="input">The request that started it.</param>
/// <param name="timings">How long its states last.</param>
/// <param name="createdAt">When it was started.</param>
internal sealed class FisExperiment(string id, JsonObject template, JsonObject input, FisTimings timings, DateTimeOffset createdAt)
{
    private readonly List<FisAction> _actions =
        [.. template["actions"]!.AsObject().Select(action => new FisAction(action.Key, action.Value!.AsObject()))];

    private DateTimeOffset _stoppingSince;
    private string _stopReason = "";

    /// <summary>Its id.</summary>
    public string Id { get; } = id;

    /// <summary>Its ARN.</summary>
    public string Arn => $"arn:aws:fis:{ScriptedAws.Region}:{ScriptedAws.Account}:experiment/{Id}";

    /// <summary>The template that it was started from.</summary>
    public string TemplateId => template.Text("id")!;

    /// <summary>The token that it was started with.</summary>
    public string ClientToken => input.Text("clientToken")!;

    /// <summary>The request that started it.</summary>
    public JsonObject Input => input;

    /// <summary>Its tags.</summary>
    public Dictionary<string, string> Tags { get; } = input.MapOf("tags");

    /// <summary>Where it stands, as of the last look.</summary>
    public string Status { get; private set; } = "pending";

    /// <summary>Why it stands there.</summary>
    public string Reason { get; private set; } = "Experiment is pending.";

    /// <summary>The code of the error that it failed with; null when it did not.</summary>
    public string? ErrorCode { get; private set; }

    /// <summary>When it began to run.</summary>
    public DateTimeOffset? StartTime { get; private set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndTime { get; private set; }

    /// <summary>What its targets resolved to.</summary>
    public IReadOnlyList<FisResolved> Resolved { get; private set; } = [];

    /// <summary>Whether it still counts against the quota.</summary>
    public bool IsActive => Status is "pending" or "initiating" or "running" or "stopping";

    private bool SkipsAll => input["experimentOptions"].Text("actionsMode") == "skip-all";

    /// <summary>Whether this alarm stops it.</summary>
    public bool IsStoppedBy(string alarmArn) => template.Items("stopConditions").Any(condition => condition.Text("value") == alarmArn);

    /// <summary>Follows the clock.</summary>
    /// <param name="now">The time.</param>
    /// <param name="account">What it meets in the account.</param>
    public void Advance(DateTimeOffset now, IFisAccount account)
    {
        if (Status == "pending" && now >= createdAt + timings.Pending)
        {
            if (account.IsLeverEngaged)
            {
                End("cancelled", "Experiment cancelled: the safety lever is engaged.", createdAt + timings.Pending);
            }
            else
            {
                (Status, Reason) = ("initiating", "Experiment is initiating.");
            }
        }
        if (Status == "initiating" && now >= createdAt + timings.Pending + timings.Initiating)
        {
            Begin(createdAt + timings.Pending + timings.Initiating, account);
        }
        if (Status == "running")
        {
            Run(now);
        }
        if (Status == "stopping" && now >= _stoppingSince + timings.Stopping)
        {
            End("stopped", _stopReason, _stoppingSince + timings.Stopping);
        }
    }

    /// <summary>Begins to stop it, if it can be stopped.</summary>
    /// <returns>Whether it could.</returns>
    public bool Stop(string reason, DateTimeOffset now)
    {
        if (Status is not ("pending" or "initiating" or "running"))
        {
            return Status == "stopping";
        }
        (Status, Reason, _stopReason, _stoppingSince) = ("stopping", "Experiment is stopping.", reason, now);
        foreach (var action in _actions.Where(action => !action.IsDone))
        {
            if (action.Status == "running")
            {
                action.Stopping();
            }
            else
            {
                action.End("cancelled", "Action was cancelled.", now);
            }
        }
        return true;
    }

    /// <summary>The experiment as GetExperiment shows it.</summary>
    public JsonObject ToJson()
    {
        var made = Summary();
        made["roleArn"] = template.Text("roleArn");
        made["stopConditions"] = template["stopConditions"]!.DeepClone();
        made["targets"] = template["targets"]?.DeepClone() ?? new JsonObject();
        made["actions"] = new JsonObject(_actions.Select(action => KeyValuePair.Create(action.Name, (JsonNode?)action.ToJson())));
        made["targetAccountConfigurationsCount"] = 0;
        foreach (var (name, at) in new[] { ("startTime", StartTime), ("endTime", EndTime) })
        {
            if (at is not null)
            {
                made[name] = Json.Time(at);
            }
        }
        return made;
    }

    /// <summary>The experiment as ListExperiments shows it.</summary>
    public JsonObject Summary()
    {
        var options = template["experimentOptions"]!.DeepClone().AsObject();
        options["actionsMode"] = SkipsAll ? "skip-all" : "run-all";
        return Json.Object(
            ("id", Id),
            ("arn", Arn),
            ("experimentTemplateId", TemplateId),
            ("state", Json.Object(
                ("status", Status),
                ("reason", Reason),
                ("error", ErrorCode is null ? null : Json.Object(("accountId", ScriptedAws.Account), ("code", ErrorCode), ("location", "experiment"))))),
            ("creationTime", Json.Time(createdAt)),
            ("experimentOptions", options),
            ("tags", Json.Map(Tags)));
    }

    private void Begin(DateTimeOffset at, IFisAccount account)
    {
        if (account.TakeFailure() is { } failure)
        {
            Fail(failure.Code, failure.Reason, at);
            return;
        }
        Resolved = FisTargets.Resolve(template, account.Resources);
        var empty = (template["targets"] as JsonObject ?? []).Select(target => target.Key)
            .Except(Resolved.Select(resolved => resolved.Target), StringComparer.Ordinal).ToList();
        if (empty.Count > 0 && template["experimentOptions"].Text("emptyTargetResolutionMode") != "skip")
        {
            Fail("TargetResolutionEmpty", $"Target resolution returned empty set for {string.Join(", ", empty)}.", at);
            return;
        }
        StartTime = at;
        foreach (var action in _actions.Where(action => SkipsAll || action.Targets.Intersect(empty, StringComparer.Ordinal).Any()))
        {
            action.End("skipped", "Action was skipped.", at);
        }
        (Status, Reason) = ("running", "Experiment is running.");
        if (account.AlarmsInAlarm.FirstOrDefault(IsStoppedBy) is { } alarm)
        {
            Stop($"Experiment stopped by stop condition {alarm}.", at);
        }
    }

    private void Run(DateTimeOffset now)
    {
        while (true)
        {
            foreach (var action in _actions.Where(action => action.Status == "pending"))
            {
                var before = _actions.Where(other => action.StartAfter.Contains(other.Name, StringComparer.Ordinal)).ToList();
                if (before.All(other => other.IsDone))
                {
                    action.Start(before.Select(other => other.EndTime).Append(StartTime).Max()!.Value);
                }
            }
            if (_actions.All(action => action.IsDone))
            {
                End("completed", "Experiment completed.", _actions.Select(action => action.EndTime).Append(StartTime).Max()!.Value);
                return;
            }
            var next = _actions.Where(action => action.Status == "running").MinBy(action => action.StartTime + action.Duration)!;
            var end = next.StartTime!.Value + next.Duration;
            if (end > now)
            {
                return;
            }
            next.End("completed", "Action was completed.", end);
        }
    }

    private void Fail(string code, string reason, DateTimeOffset at)
    {
        ErrorCode = code;
        End("failed", reason, at);
    }

    private void End(string status, string reason, DateTimeOffset at)
    {
        (Status, Reason, EndTime) = (status, reason, at);
        foreach (var action in _actions.Where(action => !action.IsDone))
        {
            action.End(action.StartTime is null ? "cancelled" : "stopped", "Action ended with the experiment.", at);
        }
    }
}
