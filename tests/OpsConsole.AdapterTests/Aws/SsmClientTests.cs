using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Aws.Scripted.Ssm;
using AutomationExecution = Amazon.SimpleSystemsManagement.Model.AutomationExecution;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>The official client of Systems Manager against the scripted server: what it understands is what is spoken.</summary>
public sealed class SsmClientTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);
    private ScriptedAws _aws = null!;
    private IAmazonSimpleSystemsManagement _ssm = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await ScriptedAws.StartAsync(_time);
        _ssm = _aws.CreateSsm();
        _aws.Ssm.AddDocument(new AutomationDocument(
            "ScaleUp",
            new Dictionary<string, string?> { ["Group"] = null, ["By"] = "2" },
            [new("Scale", Duration: TimeSpan.FromSeconds(30)), AutomationStep.Approval("Confirm"), new("Report")]));
    }

    public async ValueTask DisposeAsync()
    {
        _ssm.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task An_execution_waits_for_its_approval_and_goes_on()
    {
        var id = await Start();
        var scaling = await Get(id);
        _time.Advance(TimeSpan.FromSeconds(30));
        var waiting = await Get(id);

        await _ssm.SendAutomationSignalAsync(new() { AutomationExecutionId = id, SignalType = SignalType.Approve, Payload = new() { ["Comment"] = ["fine"] } }, Token);
        var done = await Get(id);

        Assert.Equal((AutomationExecutionStatus.InProgress, "Scale"), (scaling.AutomationExecutionStatus, scaling.CurrentStepName));
        Assert.Equal(["web"], scaling.Parameters["Group"]);
        Assert.Equal(["2"], scaling.Parameters["By"]);
        Assert.Equal(Noon.UtcDateTime, scaling.ExecutionStartTime);
        Assert.Equal((AutomationExecutionStatus.Waiting, "aws:approve"), (waiting.AutomationExecutionStatus, waiting.CurrentAction));
        Assert.Equal(
            [AutomationExecutionStatus.Success, AutomationExecutionStatus.Waiting, AutomationExecutionStatus.Pending],
            waiting.StepExecutions.Select(step => step.StepStatus));
        Assert.Equal(AutomationExecutionStatus.Success, done.AutomationExecutionStatus);
        Assert.Equal(Noon.UtcDateTime.AddSeconds(30), done.ExecutionEndTime);
    }

    [Fact]
    public async Task An_execution_that_is_rejected_does_not_go_on()
    {
        var id = await Start();
        _time.Advance(TimeSpan.FromSeconds(30));

        await _ssm.SendAutomationSignalAsync(new() { AutomationExecutionId = id, SignalType = SignalType.Reject }, Token);
        var rejected = await Get(id);

        Assert.Equal(AutomationExecutionStatus.Rejected, rejected.AutomationExecutionStatus);
        Assert.Equal(AutomationExecutionStatus.Cancelled, rejected.StepExecutions[2].StepStatus);
        await Assert.ThrowsAsync<InvalidAutomationSignalException>(
            () => _ssm.SendAutomationSignalAsync(new() { AutomationExecutionId = id, SignalType = SignalType.Approve }, Token));
    }

    [Fact]
    public async Task An_execution_can_be_stopped_once()
    {
        var id = await Start();

        await _ssm.StopAutomationExecutionAsync(new() { AutomationExecutionId = id, Type = StopType.Cancel }, Token);

        Assert.Equal(AutomationExecutionStatus.Cancelled, (await Get(id)).AutomationExecutionStatus);
        await Assert.ThrowsAsync<InvalidAutomationStatusUpdateException>(() => _ssm.StopAutomationExecutionAsync(new() { AutomationExecutionId = id }, Token));
    }

    [Fact]
    public async Task A_step_that_fails_ends_its_execution()
    {
        _aws.Ssm.AddDocument("Broken", new AutomationStep("First", Failure: "no capacity"), new AutomationStep("Second"));

        var failed = await Get((await _ssm.StartAutomationExecutionAsync(new() { DocumentName = "Broken" }, Token)).AutomationExecutionId);

        Assert.Equal(AutomationExecutionStatus.Failed, failed.AutomationExecutionStatus);
        Assert.Contains("no capacity", failed.FailureMessage, StringComparison.Ordinal);
        Assert.Equal(AutomationExecutionStatus.Cancelled, failed.StepExecutions[1].StepStatus);
    }

    [Fact]
    public async Task An_execution_is_started_once_for_a_client_token()
    {
        var request = new StartAutomationExecutionRequest
        {
            DocumentName = "ScaleUp",
            ClientToken = "01234567-89ab-cdef-0123-456789abcdef",
            Parameters = new() { ["Group"] = ["web"] },
        };

        var first = (await _ssm.StartAutomationExecutionAsync(request, Token)).AutomationExecutionId;
        var second = (await _ssm.StartAutomationExecutionAsync(request, Token)).AutomationExecutionId;
        request.Parameters["Group"] = ["api"];

        Assert.Equal(first, second);
        Assert.Single(_aws.Ssm.Executions);
        await Assert.ThrowsAsync<IdempotentParameterMismatchException>(() => _ssm.StartAutomationExecutionAsync(request, Token));
    }

    [Fact]
    public async Task What_cannot_be_started_says_why()
    {
        await Assert.ThrowsAsync<AutomationDefinitionNotFoundException>(() => _ssm.StartAutomationExecutionAsync(new() { DocumentName = "None" }, Token));
        await Assert.ThrowsAsync<InvalidAutomationExecutionParametersException>(() => _ssm.StartAutomationExecutionAsync(new() { DocumentName = "ScaleUp" }, Token));
        await Assert.ThrowsAsync<AutomationExecutionNotFoundException>(() => Get("00000000-0000-4000-8000-999999999999"));
        _aws.Ssm.MostActiveExecutions = 0;
        await Assert.ThrowsAsync<AutomationExecutionLimitExceededException>(Start);
    }

    [Fact]
    public async Task Executions_are_listed_newest_first_by_status_over_all_pages()
    {
        var ids = new List<string> { await Start(), await Start(), await Start() };
        await _ssm.StopAutomationExecutionAsync(new() { AutomationExecutionId = ids[1] }, Token);

        var all = await _ssm.Paginators.DescribeAutomationExecutions(new() { MaxResults = 1 }).AutomationExecutionMetadataList.ToListAsync(Token);
        var stopped = await _ssm.DescribeAutomationExecutionsAsync(new() { Filters = [new() { Key = AutomationExecutionFilterKey.ExecutionStatus, Values = ["Cancelled"] }] }, Token);

        Assert.Equal([ids[2], ids[1], ids[0]], all.Select(execution => execution.AutomationExecutionId));
        Assert.Equal(ids[1], Assert.Single(stopped.AutomationExecutionMetadataList).AutomationExecutionId);
    }

    [Fact]
    public async Task Parameters_are_read_by_path_over_all_pages_and_secrets_only_when_asked_for()
    {
        for (var i = 0; i < 12; i++)
        {
            _aws.Ssm.SetParameter($"/opsconsole/types/{(char)('a' + i)}", $"EXT{i}");
        }
        _aws.Ssm.SetParameter("/opsconsole/secret", "hush", "SecureString");
        _aws.Ssm.SetParameter("/elsewhere", "x");

        var all = await _ssm.Paginators.GetParametersByPath(new() { Path = "/opsconsole", Recursive = true }).Responses
            .SelectMany(page => page.Parameters).ToListAsync(Token);
        var top = (await _ssm.GetParametersByPathAsync(new() { Path = "/opsconsole/", WithDecryption = true }, Token)).Parameters;

        Assert.Equal(13, all.Count);
        Assert.NotEqual("hush", all.Single(parameter => parameter.Type == ParameterType.SecureString).Value);
        Assert.Equal("hush", Assert.Single(top).Value);
    }

    [Fact]
    public async Task A_parameter_is_read_by_name_and_by_version()
    {
        _aws.Ssm.SetParameter("/a", "one");
        _aws.Ssm.SetParameter("/a", "two");

        var parameter = (await _ssm.GetParameterAsync(new() { Name = "/a" }, Token)).Parameter;
        var several = await _ssm.GetParametersAsync(new() { Names = ["/a:2", "/b"] }, Token);

        Assert.Equal(("two", 2), (parameter.Value, parameter.Version));
        Assert.Equal("two", Assert.Single(several.Parameters).Value);
        Assert.Equal(["/b"], several.InvalidParameters);
        await Assert.ThrowsAsync<ParameterNotFoundException>(() => _ssm.GetParameterAsync(new() { Name = "/b" }, Token));
        await Assert.ThrowsAsync<ParameterVersionNotFoundException>(() => _ssm.GetParameterAsync(new() { Name = "/a:1" }, Token));
    }

    [Fact]
    public async Task A_missing_permission_is_named()
    {
        _aws.Faults.Deny("ssm:GetParameter");

        var exception = await Assert.ThrowsAsync<AmazonSimpleSystemsManagementException>(() => _ssm.GetParameterAsync(new() { Name = "/a" }, Token));

        Assert.Equal("AccessDeniedException", exception.ErrorCode);
        Assert.Contains("ssm:GetParameter", exception.Message, StringComparison.Ordinal);
    }

    private async Task<string> Start() => (await _ssm.StartAutomationExecutionAsync(
        new() { DocumentName = "ScaleUp", Parameters = new() { ["Group"] = ["web"] } }, Token)).AutomationExecutionId;

    private async Task<AutomationExecution> Get(string id) =>
        (await _ssm.GetAutomationExecutionAsync(new() { AutomationExecutionId = id }, Token)).AutomationExecution;
}
