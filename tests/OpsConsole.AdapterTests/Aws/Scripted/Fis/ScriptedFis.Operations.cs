using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.Fis;

/// <summary>How FIS is spoken to: REST with JSON bodies.</summary>
internal sealed partial class ScriptedFis
{
    private static readonly (string Method, string[] Path, string Operation)[] Routes =
    [
        ("POST", ["experiments"], "StartExperiment"),
        ("GET", ["experiments"], "ListExperiments"),
        ("GET", ["experiments", "{id}"], "GetExperiment"),
        ("DELETE", ["experiments", "{id}"], "StopExperiment"),
        ("GET", ["experiments", "{id}", "resolvedTargets"], "ListExperimentResolvedTargets"),
        ("POST", ["experimentTemplates"], "CreateExperimentTemplate"),
        ("GET", ["experimentTemplates"], "ListExperimentTemplates"),
        ("GET", ["experimentTemplates", "{id}"], "GetExperimentTemplate"),
        ("DELETE", ["experimentTemplates", "{id}"], "DeleteExperimentTemplate"),
        ("GET", ["safetyLevers", "{id}"], "GetSafetyLever"),
        ("PATCH", ["safetyLevers", "{id}", "state"], "UpdateSafetyLeverState"),
        ("POST", ["tags", "{resourceArn}"], "TagResource"),
    ];

    public override string SigningName => "fis";

    public override string PermissionPrefix => "fis";

    public override bool Serves(HttpRequest request, string? signingName) =>
        signingName == SigningName || (signingName is null && request.Headers["X-Amz-Target"].Count == 0);

    public override Asked? Read(HttpRequest request, byte[] body)
    {
        var raw = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = raw.Split('?')[0].Trim('/').Split('/');
        foreach (var (method, template, operation) in Routes)
        {
            if (method != request.Method || template.Length != path.Length
                || !template.Zip(path).All(part => part.First.StartsWith('{') || part.First == part.Second))
            {
                continue;
            }
            var input = ParseBody(body);
            foreach (var (name, value) in template.Zip(path).Where(part => part.First.StartsWith('{')))
            {
                input[name[1..^1]] = Uri.UnescapeDataString(value);
            }
            foreach (var (name, value) in request.Query)
            {
                input[name] = name == "maxResults" && int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : value.ToString();
            }
            return new Asked(operation, input);
        }
        return null;
    }

    public override (JsonObject Body, IReadOnlyDictionary<string, string> Headers) Write(AwsError error, HttpRequest request) => (
        Json.Object(("message", error.Message)),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["Content-Type"] = "application/json", ["x-amzn-ErrorType"] = error.Code });

    public override AwsError Throttled() => new("ThrottlingException", 429, "Rate exceeded");

    public override JsonObject Answer(Asked asked)
    {
        var breaches = FisRules.Inputs[asked.Name].Check(asked.Input);
        if (breaches.Count > 0)
        {
            throw Invalid(string.Create(
                CultureInfo.InvariantCulture,
                $"{breaches.Count} validation error{(breaches.Count == 1 ? "" : "s")} detected: {string.Join("; ", breaches.Select(breach => $"Value at '{breach.Member}' failed to satisfy constraint: {breach.Problem}"))}"));
        }
        lock (_gate)
        {
            Advance();
            var answer = asked.Name switch
            {
                "StartExperiment" => Start(asked.Input),
                "StopExperiment" => Stop(asked.Input),
                "GetExperiment" => Json.Object(("experiment", Experiment(asked.Input.Text("id")!).ToJson())),
                "ListExperiments" => List(asked.Input),
                "ListExperimentResolvedTargets" => ResolvedTargets(asked.Input),
                "CreateExperimentTemplate" => Create(asked.Input),
                "GetExperimentTemplate" => Json.Object(("experimentTemplate", Template(asked.Input.Text("id")!).DeepClone())),
                "DeleteExperimentTemplate" => Delete(asked.Input),
                "ListExperimentTemplates" => ListTemplates(asked.Input),
                "GetSafetyLever" => Lever404(asked.Input.Text("id")!),
                "UpdateSafetyLeverState" => MoveLever(asked.Input),
                _ => Tag(asked.Input),
            };
            Advance();
            return answer;
        }
    }

    private JsonObject Start(JsonObject input)
    {
        var template = Template(input.Text("experimentTemplateId")!);
        if (_experiments.Find(experiment => experiment.ClientToken == input.Text("clientToken")) is { } before)
        {
            return JsonNode.DeepEquals(before.Input, input)
                ? Json.Object(("experiment", before.ToJson()))
                : throw Conflict("The client token was used with other parameters.");
        }
        if (_experiments.Count(experiment => experiment.IsActive) >= MostActiveExperiments)
        {
            throw Quota($"You have exceeded the maximum number of active experiments: {MostActiveExperiments}.");
        }
        var experiment = new FisExperiment(NextId("EXP"), template.DeepClone().AsObject(), input, Timings, _time.GetUtcNow());
        _experiments.Add(experiment);
        return Json.Object(("experiment", experiment.ToJson()));
    }

    private JsonObject Stop(JsonObject input)
    {
        var experiment = Experiment(input.Text("id")!);
        return experiment.Stop("Experiment stopped by user.", _time.GetUtcNow())
            ? Json.Object(("experiment", experiment.ToJson()))
            : throw Invalid($"The experiment {experiment.Id} cannot be stopped: it is {experiment.Status}.");
    }

    private JsonObject List(JsonObject input)
    {
        var template = input.Text("experimentTemplateId");
        var all = _experiments.Where(experiment => template is null || experiment.TemplateId == template).Reverse().ToList();
        var (items, next) = Page(all, input, $"experiments {template}");
        return Json.Object(("experiments", Json.Array(items.Select(experiment => experiment.Summary()))), ("nextToken", next));
    }

    private JsonObject ResolvedTargets(JsonObject input)
    {
        var experiment = Experiment(input.Text("id")!);
        var target = input.Text("targetName");
        var (items, next) = Page(
            [.. experiment.Resolved.Where(resolved => target is null || resolved.Target == target)], input, $"resolved {experiment.Id} {target}");
        return Json.Object(
            ("resolvedTargets", Json.Array(items.Select(resolved => Json.Object(
                ("resourceType", resolved.Resource.Type),
                ("targetName", resolved.Target),
                ("targetInformation", Json.Object(("arn", resolved.Resource.Arn))))))),
            ("nextToken", next));
    }

    private JsonObject Create(JsonObject input)
    {
        if (_templateInputs.TryGetValue(input.Text("clientToken")!, out var before))
        {
            return JsonNode.DeepEquals(before["input"], input)
                ? Json.Object(("experimentTemplate", Template(before.Text("id")!).DeepClone()))
                : throw Conflict("The client token was used with other parameters.");
        }
        var actions = input["actions"]!.AsObject();
        if (actions.Count == 0)
        {
            throw Invalid("At least one action is required.");
        }
        if (actions.Count > MostActions)
        {
            throw Quota($"You have exceeded the maximum number of actions in a template: {MostActions}.");
        }
        if (_templates.Count >= MostTemplates)
        {
            throw Quota($"You have exceeded the maximum number of templates: {MostTemplates}.");
        }
        CheckNames(input, actions);
        var id = NextId("EXT");
        var template = input.DeepClone().AsObject();
        template.Remove("clientToken");
        template["id"] = id;
        template["arn"] = $"arn:aws:fis:{ScriptedAws.Region}:{ScriptedAws.Account}:experiment-template/{id}";
        template["creationTime"] = Json.Time(_time.GetUtcNow());
        template["lastUpdateTime"] = Json.Time(_time.GetUtcNow());
        template["targets"] ??= new JsonObject();
        template["tags"] ??= new JsonObject();
        template["targetAccountConfigurationsCount"] = 0;
        template["experimentOptions"] ??= new JsonObject();
        template["experimentOptions"]!["accountTargeting"] ??= "single-account";
        template["experimentOptions"]!["emptyTargetResolutionMode"] ??= "fail";
        _templates.Add(template);
        _templateInputs[input.Text("clientToken")!] = Json.Object(("id", id), ("input", input.DeepClone()));
        return Json.Object(("experimentTemplate", template.DeepClone()));
    }

    private static void CheckNames(JsonObject input, JsonObject actions)
    {
        var targets = (input["targets"] as JsonObject ?? []).Select(target => target.Key).ToList();
        foreach (var (name, action) in actions)
        {
            if (action.MapOf("targets").Values.Except(targets, StringComparer.Ordinal).FirstOrDefault() is { } target)
            {
                throw Invalid($"The action {name} names the target {target}, which there is not.");
            }
            if (action.TextsOf("startAfter").FirstOrDefault(other => other == name || !actions.ContainsKey(other)) is { } after)
            {
                throw Invalid($"The action {name} cannot start after {after}.");
            }
        }
        foreach (var condition in input.Items("stopConditions"))
        {
            if (condition.Text("source") == "aws:cloudwatch:alarm" != condition.Text("value") is not null)
            {
                throw Invalid("A stop condition has a value if, and only if, it is an alarm.");
            }
        }
    }

    private JsonObject Delete(JsonObject input)
    {
        var template = Template(input.Text("id")!);
        _templates.Remove(template);
        return Json.Object(("experimentTemplate", template));
    }

    private JsonObject ListTemplates(JsonObject input)
    {
        var (items, next) = Page(_templates, input, "templates");
        return Json.Object(
            ("experimentTemplates", Json.Array(items.Select(template => new JsonObject(template
                .Where(member => member.Key is "id" or "arn" or "description" or "creationTime" or "lastUpdateTime" or "tags")
                .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())))))),
            ("nextToken", next));
    }

    private JsonObject Lever404(string id) => id == "default"
        ? Json.Object(("safetyLever", Json.Object(
            ("id", id),
            ("arn", $"arn:aws:fis:{ScriptedAws.Region}:{ScriptedAws.Account}:safety-lever/default"),
            ("state", Json.Object(("status", _lever.Status), ("reason", _lever.Reason))))))
        : throw NotFound($"There is no safety lever {id}.");

    private JsonObject MoveLever(JsonObject input)
    {
        _ = Lever404(input.Text("id")!);
        var engage = input["state"].Text("status") == "engaged";
        if (engage == (_lever.Status != "disengaged"))
        {
            throw Conflict($"The safety lever is {_lever.Status} already.");
        }
        if (!engage && _lever.Status == "engaging")
        {
            throw Conflict("The safety lever is engaging.");
        }
        _lever = (engage ? "engaging" : "disengaged", input["state"].Text("reason")!, _time.GetUtcNow());
        foreach (var experiment in _experiments.Where(experiment => engage && experiment.IsActive))
        {
            experiment.Stop("Experiment stopped by the safety lever.", _time.GetUtcNow());
        }
        return Lever404("default");
    }

    private JsonObject Tag(JsonObject input)
    {
        var arn = input.Text("resourceArn")!;
        var tags = input.MapOf("tags");
        if (_experiments.Find(experiment => experiment.Arn == arn) is { } experiment)
        {
            foreach (var (name, value) in tags)
            {
                experiment.Tags[name] = value;
            }
        }
        else if (_templates.Find(template => template.Text("arn") == arn) is { } template)
        {
            foreach (var (name, value) in tags)
            {
                template["tags"]![name] = value;
            }
        }
        else
        {
            throw NotFound($"There is no resource {arn}.");
        }
        return [];
    }

    private FisExperiment Experiment(string id) =>
        _experiments.Find(experiment => experiment.Id == id) ?? throw NotFound($"There is no experiment {id}.");

    private JsonObject Template(string id) =>
        _templates.Find(template => template.Text("id") == id) ?? throw NotFound($"There is no experiment template {id}.");

    private static (IReadOnlyList<T> Items, string? Next) Page<T>(IReadOnlyList<T> all, JsonObject input, string scope) =>
        Pages.Cut(all, input.Text("nextToken"), input.Whole("maxResults") ?? 100, scope, () => Invalid("The next token is not valid."));

    private static AwsError Invalid(string message) => new("ValidationException", 400, message);

    private static AwsError Conflict(string message) => new("ConflictException", 409, message);

    private static AwsError NotFound(string message) => new("ResourceNotFoundException", 404, message);

    private static AwsError Quota(string message) => new("ServiceQuotaExceededException", 402, message);
}
