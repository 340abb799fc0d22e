using System.Globalization;
using System.Text.Json.Nodes;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.Ssm;

/// <summary>The operations of Systems Manager.</summary>
internal sealed partial class ScriptedSsm
{
    public override AwsError Denied(string permission, string account) => new("AccessDeniedException", 400, base.Denied(permission, account).Message);

    public override JsonObject Answer(Asked asked)
    {
        if (!SsmRules.Inputs.TryGetValue(asked.Name, out var rule))
        {
            throw new AwsError("UnknownOperationException", 404, $"There is no operation {asked.Name}.");
        }
        if (rule.Check(asked.Input) is [var breach, ..])
        {
            throw Invalid($"1 validation error detected: Value at '{breach.Member}' failed to satisfy constraint: {breach.Problem}");
        }
        lock (_gate)
        {
            Advance();
            var answer = asked.Name switch
            {
                "StartAutomationExecution" => Start(asked.Input),
                "GetAutomationExecution" => Json.Object(("AutomationExecution", Execution(asked.Input).ToJson())),
                "DescribeAutomationExecutions" => Describe(asked.Input),
                "DescribeAutomationStepExecutions" => DescribeSteps(asked.Input),
                "StopAutomationExecution" => Stop(asked.Input),
                "SendAutomationSignal" => Signal(asked.Input),
                "GetParametersByPath" => ByPath(asked.Input),
                "GetParameter" => Json.Object(("Parameter", Parameter(asked.Input.Text("Name")!, asked.Input.Is("WithDecryption")))),
                _ => Parameters(asked.Input),
            };
            Advance();
            return answer;
        }
    }

    private JsonObject Start(JsonObject input)
    {
        var name = input.Text("DocumentName")!;
        if (!_documents.TryGetValue(name, out var document))
        {
            throw new AwsError("AutomationDefinitionNotFoundException", 400, $"There is no Automation document {name}.");
        }
        if (input.Text("DocumentVersion") is { } version and not ("$DEFAULT" or "$LATEST") && int.Parse(version, CultureInfo.InvariantCulture) > document.Versions)
        {
            throw new AwsError("AutomationDefinitionVersionNotFoundException", 400, $"The document {name} has no version {version}.");
        }
        if (input.Text("ClientToken") is { } token && _executions.Find(execution => execution.Input.Text("ClientToken") == token) is { } before)
        {
            return JsonNode.DeepEquals(before.Input, input)
                ? Json.Object(("AutomationExecutionId", before.Id))
                : throw new AwsError("IdempotentParameterMismatch", 400, "The client token was used with other parameters.");
        }
        var given = (input["Parameters"] as JsonObject ?? []).Select(parameter => parameter.Key).ToList();
        if (given.Except(document.Parameters.Keys, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new AwsError("InvalidAutomationExecutionParametersException", 400, $"Parameter {unknown} is not in the document {name}.");
        }
        if (document.Parameters.Where(parameter => parameter.Value is null).Select(parameter => parameter.Key).Except(given, StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            throw new AwsError("InvalidAutomationExecutionParametersException", 400, $"Parameter {missing} has no default and is not given.");
        }
        if (_executions.Count(execution => execution.IsActive) >= MostActiveExecutions)
        {
            throw new AwsError("AutomationExecutionLimitExceededException", 400, "Too many executions go on at once.");
        }
        var execution = new AutomationExecution(NextId(), document, input, time.GetUtcNow());
        _executions.Add(execution);
        return Json.Object(("AutomationExecutionId", execution.Id));
    }

    private JsonObject Describe(JsonObject input)
    {
        var found = _executions.Where(execution => input.Items("Filters").All(filter => Fits(execution, filter))).Reverse().ToList();
        var (items, next) = Pages.Cut(
            found, input.Text("NextToken"), input.Whole("MaxResults") ?? 50, "executions", () => new AwsError("InvalidNextToken", 400, "The token is not valid."));
        return Json.Object(("AutomationExecutionMetadataList", Json.Array(items.Select(execution => execution.Metadata()))), ("NextToken", next));
    }

    private JsonObject DescribeSteps(JsonObject input)
    {
        var (items, next) = Pages.Cut(
            [.. Execution(input).Steps()], input.Text("NextToken"), input.Whole("MaxResults") ?? 50, "steps", () => new AwsError("InvalidNextToken", 400, "The token is not valid."));
        return Json.Object(("StepExecutions", Json.Array(items)), ("NextToken", next));
    }

    private static bool Fits(AutomationExecution execution, JsonNode filter)
    {
        var values = filter.TextsOf("Values");
        return filter.Text("Key") switch
        {
            "ExecutionId" => values.Contains(execution.Id, StringComparer.Ordinal),
            "ExecutionStatus" => values.Contains(execution.Status, StringComparer.Ordinal),
            "DocumentNamePrefix" => values.Any(value => execution.DocumentName.StartsWith(value, StringComparison.Ordinal)),
            "TagKey" => execution.Input.Items("Tags").Any(tag => values.Contains(tag.Text("Key"), StringComparer.Ordinal)),
            "StartTimeAfter" => execution.StartedAt >= At(values[0]),
            "StartTimeBefore" => execution.StartedAt <= At(values[0]),
            var key => throw new AwsError("InvalidFilterKey", 400, $"The scripted server knows no filter {key}."),
        };
    }

    private static DateTimeOffset At(string value) => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        ? at
        : throw new AwsError("InvalidFilterValue", 400, $"{value} is no time.");

    private JsonObject Stop(JsonObject input)
    {
        var execution = Execution(input);
        if (!execution.IsActive)
        {
            throw new AwsError("InvalidAutomationStatusUpdateException", 400, $"The execution is {execution.Status} already.");
        }
        execution.Stop(input.Text("Type") != "Complete", time.GetUtcNow());
        return [];
    }

    private JsonObject Signal(JsonObject input)
    {
        var execution = Execution(input);
        var type = input.Text("SignalType");
        if (type is not ("Approve" or "Reject") || !execution.Signal(type == "Approve", time.GetUtcNow()))
        {
            throw new AwsError("InvalidAutomationSignalException", 400, $"The signal {type} does not fit: the execution is {execution.Status}.");
        }
        return [];
    }

    private AutomationExecution Execution(JsonObject input)
    {
        var id = input.Text("AutomationExecutionId");
        return _executions.Find(execution => execution.Id == id)
            ?? throw new AwsError("AutomationExecutionNotFoundException", 400, $"There is no Automation execution {id}.");
    }

    private JsonObject ByPath(JsonObject input)
    {
        var path = input.Text("Path")!;
        if (!path.StartsWith('/'))
        {
            throw Invalid("The parameter path must begin with a slash.");
        }
        if (input.Items("ParameterFilters").FirstOrDefault(filter => filter.Text("Key") is not "Type") is { } unknown)
        {
            throw new AwsError("InvalidFilterKey", 400, $"The scripted server knows no filter {unknown.Text("Key")}.");
        }
        var prefix = path.TrimEnd('/') + "/";
        var found = _parameters.Values
            .Where(parameter => parameter.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Where(parameter => input.Is("Recursive") || !parameter.Name[prefix.Length..].Contains('/', StringComparison.Ordinal))
            .Where(parameter => input.Items("ParameterFilters").All(filter => filter.TextsOf("Values").Contains(parameter.Type, StringComparer.Ordinal)))
            .ToList();
        var (items, next) = Pages.Cut(
            found, input.Text("NextToken"), input.Whole("MaxResults") ?? 10, $"parameters {path}", () => new AwsError("InvalidNextToken", 400, "The token is not valid."));
        return Json.Object(("Parameters", Json.Array(items.Select(parameter => parameter.ToJson(input.Is("WithDecryption"))))), ("NextToken", next));
    }

    private JsonObject Parameters(JsonObject input)
    {
        var found = new List<JsonNode>();
        var invalid = new List<string>();
        foreach (var name in input.TextsOf("Names"))
        {
            try
            {
                found.Add(Parameter(name, input.Is("WithDecryption")));
            }
            catch (AwsError)
            {
                invalid.Add(name);
            }
        }
        return Json.Object(("Parameters", Json.Array(found)), ("InvalidParameters", Json.Texts(invalid)));
    }

    private JsonObject Parameter(string name, bool decrypted)
    {
        var parts = name.Split(':', 2);
        if (!_parameters.TryGetValue(parts[0], out var parameter))
        {
            throw new AwsError("ParameterNotFound", 400, $"There is no parameter {parts[0]}.");
        }
        return parts.Length == 1 || parts[1] == parameter.Version.ToString(CultureInfo.InvariantCulture)
            ? parameter.ToJson(decrypted, parts.Length == 1 ? null : $":{parts[1]}")
            : throw new AwsError("ParameterVersionNotFound", 400, $"There is no version {parts[1]} of {parts[0]}.");
    }

    private static AwsError Invalid(string message) => new("ValidationException", 400, message);
}
