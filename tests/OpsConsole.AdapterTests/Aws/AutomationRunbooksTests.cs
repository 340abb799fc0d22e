using System.Collections.Immutable;
using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Aws.Scripted.Ssm;
using OpsConsole.Aws.Runbooks;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Runbooks;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>Runbooks as executions of Automation, through the official client, against the scripted server.</summary>
public sealed class AutomationRunbooksTests : IAsyncLifetime
{
    private const string Actions = "OpsConsole:Aws:Automation:Actions:";
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);
    private ScriptedAws _aws = null!;
    private IAmazonSimpleSystemsManagement _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await ScriptedAws.StartAsync(_time);
        _client = _aws.CreateSsm(config => (config.MaxErrorRetry, config.RetryMode) = (1, RequestRetryMode.Standard));
        _aws.Ssm.AddDocument(new AutomationDocument(
            "ScaleUp",
            new Dictionary<string, string?> { ["Group"] = null, ["By"] = "2" },
            [
                new("Scale", Duration: TimeSpan.FromSeconds(30)) { Outputs = new Dictionary<string, string[]> { ["Capacity"] = ["3", "4"] } },
                AutomationStep.Approval("Confirm", "arn:aws:iam::123456789012:role/on-call", "ana"),
                new("Report"),
            ])
        { Versions = 3 });
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task A_runbook_is_started_followed_approved_and_done()
    {
        var engine = Engine();
        var id = await StartAsync(engine);
        var scaling = await ReadAsync(engine, id);
        Assert.Equal((RunbookState.InProgress, "Scale"), (scaling.State, scaling.Steps[0].Name));
        Assert.Equal(Noon, scaling.StartedAt);
        Assert.Empty(scaling.Steps[0].Outputs);

        _time.Advance(TimeSpan.FromSeconds(30));
        var waiting = await ReadAsync(engine, id);
        Assert.Equal([RunbookState.Succeeded, RunbookState.Waiting, RunbookState.Pending], waiting.Steps.Select(step => step.State));
        Assert.Equal("3, 4", waiting.Steps[0].Outputs["Capacity"]);
        Assert.Equal(
            new ApprovalRequest(["arn:aws:iam::123456789012:role/on-call", "ana"], 1, "May this go on?"), waiting.Steps[1].Approval);

        Assert.True((await engine.DecideAsync(id, approved: true, "ada: go", Token)).Taken);
        var done = await ReadAsync(engine, id);
        Assert.Equal((RunbookState.Succeeded, Noon.AddSeconds(30)), (done.State, done.EndedAt));
        Assert.Equal("ada: go", _aws.Calls.Of("ssm:SendAutomationSignal")[0].Input["Payload"]!["Comment"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task The_same_order_starts_one_execution_however_often_it_is_sent()
    {
        var engine = Engine();
        var order = Order();
        _aws.Faults.CutAnswer("ssm:StartAutomationExecution");

        var first = Assert.IsType<RunbookStart.Started>(await engine.StartAsync(order, Token));
        var second = Assert.IsType<RunbookStart.Started>(await engine.StartAsync(order, Token));

        Assert.Equal(first, second);
        Assert.Single(_aws.Ssm.Executions);
        Assert.Equal(order.ClientToken.ToString("D"), _aws.Calls.Of("ssm:StartAutomationExecution")[0].Input["ClientToken"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_start_that_is_not_answered_in_time_may_be_sent_again()
    {
        var engine = Engine();
        using var held = _aws.Faults.Hold("ssm:StartAutomationExecution");
        var starting = engine.StartAsync(Order(), Token).AsTask();
        await held.Arrived.WaitAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(10));

        var unanswered = Assert.IsType<RunbookStart.Unanswered>(await starting);

        Assert.Equal("AWS did not answer ssm:StartAutomationExecution within 10 s. It is tried again.", unanswered.Why);
    }

    [Theory]
    [InlineData("None", "", "There is no Automation document None in this account and Region.")]
    [InlineData("ScaleUp", "4", "The Automation document ScaleUp has no version 4.")]
    [InlineData("ScaleUp", "3", "The document ScaleUp does not take these parameters: Parameter Group has no default and is not given.")]
    public async Task What_cannot_be_started_says_why(string document, string version, string why)
    {
        var refused = Assert.IsType<RunbookStart.Refused>(
            await Engine().StartAsync(new(NewToken(), document, version, Order().Parameters.Clear()), Token));

        Assert.StartsWith(why, refused.Why, StringComparison.Ordinal);
        Assert.Empty(_aws.Ssm.Executions);
    }

    [Fact]
    public async Task A_value_that_is_too_long_is_not_sent()
    {
        var order = Order() with { Parameters = Order().Parameters.SetItem("Group", [new string('x', 513)]) };

        var refused = Assert.IsType<RunbookStart.Refused>(await Engine().StartAsync(order, Token));

        Assert.Equal("The value of parameter Group is longer than the 512 characters that Systems Manager takes.", refused.Why);
        Assert.Empty(_aws.Calls);
    }

    [Fact]
    public async Task Too_many_executions_at_once_is_tried_again_and_a_denial_is_not()
    {
        _aws.Ssm.MostActiveExecutions = 0;
        Assert.IsType<RunbookStart.Unanswered>(await Engine().StartAsync(Order(), Token));
        _aws.Faults.Deny("ssm:StartAutomationExecution");

        var denied = Assert.IsType<RunbookStart.Refused>(await Engine().StartAsync(Order(), Token));

        Assert.Equal("AWS denies the console ssm:StartAutomationExecution. Allow it in the console's IAM policy; the console goes on by itself.", denied.Why);
    }

    [Fact]
    public async Task Throttling_that_lasts_is_said_and_the_state_is_kept_by_whoever_asked()
    {
        var engine = Engine();
        var id = await StartAsync(engine);
        _aws.Faults.Throttle("ssm:GetAutomationExecution", 5);

        var unreadable = Assert.IsType<RunbookReading.Unreadable>(await engine.ReadAsync(id, Token));

        Assert.StartsWith("AWS throttles ssm:GetAutomationExecution", unreadable.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_way_to_fail_is_told_apart()
    {
        var engine = Engine();
        _aws.Ssm.AddDocument("Broken", new AutomationStep("First", Failure: "no capacity"), new AutomationStep("Second"));
        var failed = await ReadAsync(engine, await StartAsync(engine, "Broken"));
        Assert.Equal((RunbookState.Failed, "no capacity"), (failed.State, failed.Steps[0].Failure));
        Assert.Contains("no capacity", failed.Failure, StringComparison.Ordinal);

        var id = await StartAsync(engine);
        foreach (var (status, state) in new (string, RunbookState)[]
        {
            ("TimedOut", RunbookState.TimedOut), ("Cancelling", RunbookState.Stopping), ("Cancelled", RunbookState.Cancelled),
            ("Rejected", RunbookState.Rejected), ("CompletedWithFailure", RunbookState.Failed), ("from-the-future", RunbookState.Unknown),
        })
        {
            _aws.Faults.Rewrite("ssm:GetAutomationExecution", answer => answer["AutomationExecution"]!["AutomationExecutionStatus"] = status, times: 1);
            var read = await ReadAsync(engine, id);
            Assert.Equal((state, status), (read.State, read.Status));
        }
    }

    [Fact]
    public async Task Steps_beyond_the_first_hundred_are_read_over_all_pages()
    {
        var engine = Engine();
        _aws.Ssm.AddDocument("Long", [.. Enumerable.Range(1, 130).Select(step => new AutomationStep($"Step{step}"))]);

        var read = await ReadAsync(engine, await StartAsync(engine, "Long"));

        Assert.Equal(130, read.Steps.Length);
        Assert.Equal(3, _aws.Calls.Of("ssm:DescribeAutomationStepExecutions").Count);
        _aws.Faults.Deny("ssm:DescribeAutomationStepExecutions");
        var unreadable = Assert.IsType<RunbookReading.Unreadable>(await engine.ReadAsync(_aws.Ssm.Executions[0].Id, Token));
        Assert.Contains("ssm:DescribeAutomationStepExecutions", unreadable.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_again_and_stopping_what_is_over_does_no_harm()
    {
        var engine = Engine();
        var id = await StartAsync(engine);

        Assert.True((await engine.StopAsync(id, Token)).Taken);
        Assert.True((await engine.StopAsync(id, Token)).Taken);

        Assert.Equal(RunbookState.Cancelled, (await ReadAsync(engine, id)).State);
        Assert.Equal("Cancel", _aws.Calls.Of("ssm:StopAutomationExecution")[0].Input["Type"]!.GetValue<string>());
        Assert.False((await engine.StopAsync("00000000-0000-4000-8000-999999999999", Token)).Taken);
        Assert.IsType<RunbookReading.Missing>(await engine.ReadAsync("00000000-0000-4000-8000-999999999999", Token));
    }

    [Fact]
    public async Task A_decision_that_comes_too_late_is_not_taken()
    {
        var engine = Engine();
        var id = await StartAsync(engine);
        _time.Advance(TimeSpan.FromSeconds(30));
        _aws.Ssm.SignalElsewhere(id, approved: false);

        var late = await engine.DecideAsync(id, approved: true, "ada: go", Token);

        Assert.False(late.Taken);
        Assert.StartsWith("Systems Manager does not take it", late.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Actions_come_from_the_settings_and_those_of_Parameter_Store_stand_beside_them()
    {
        var feed = new ParameterFeed();
        var (mine, _) = RunbookDefinitions.Parse("scale-up-resources", """{"document":"Other"}""", "/opsconsole/actions/scale-up-resources");
        var (drain, _) = RunbookDefinitions.Parse("drain", """{"document":"Drain","version":"2","parameters":{"Ids":["a","{service}"]}}""", "/opsconsole/actions/drain");
        feed.Publish(ParameterSnapshot.Empty with { Runbooks = ParameterSnapshot.Empty.Runbooks.Add("drain", drain!).Add("scale-up-resources", mine!) });

        var catalog = Engine(
            feed,
            ("scale-up-resources:Document", "ScaleUp"),
            ("scale-up-resources:Parameters:Group", "{service}-asg"),
            ("scale-up-resources:Parameters:Ids:0", "a"),
            ("scale-up-resources:Parameters:Ids:1", "b")).Catalog;

        Assert.Equal(["drain", "scale-up-resources"], catalog.Runbooks.Keys);
        Assert.Equal(["a", "{service}"], catalog.Find("drain")!.Parameters["Ids"]);
        Assert.Equal("ScaleUp", catalog.Find("scale-up-resources")!.Document);
        Assert.Equal(["{service}-asg"], catalog.Find("scale-up-resources")!.Parameters["Group"]);
        Assert.Equal(["a", "b"], catalog.Find("scale-up-resources")!.Parameters["Ids"]);
        Assert.Equal(
            ["scale-up-resources is defined in the settings and in /opsconsole/actions/scale-up-resources; the settings count."], catalog.Problems);
    }

    [Theory]
    [InlineData("scale-up:Document", "", "OpsConsole:Aws:Automation:Actions:scale-up: Document is missing: name the document that it runs.")]
    [InlineData("Scale Up:Document", "Doc", "OpsConsole:Aws:Automation:Actions:Scale Up: The name “Scale Up” must be")]
    [InlineData("up:Document", "Doc Two", "OpsConsole:Aws:Automation:Actions:up: Document “Doc Two” is no name or ARN of a document.")]
    [InlineData("up:Version", "newest", "Version “newest” must be a number, $DEFAULT or $LATEST.")]
    [InlineData("up:Parameters:Group", "{cluster}", "Parameters:Group holds {cluster}, which nothing fills in. Use {service}, {environment}, {runId}, {experiment}.")]
    public void A_wrong_action_stops_the_start_with_a_sentence(string setting, string value, string problem)
    {
        var result = new ConfiguredRunbooks(Settings((setting, value))).Validate(null, new AutomationOptions());

        Assert.Contains(problem, result.FailureMessage, StringComparison.Ordinal);
    }

    private static IConfiguration Settings(params (string Name, string Value)[] actions) => new ConfigurationBuilder()
        .AddInMemoryCollection(actions.Select(action => KeyValuePair.Create(Actions + action.Name, (string?)action.Value)))
        .Build();

    private static RunbookOrder Order(string document = "ScaleUp") => new(
        Guid.Parse("0193f5a0-0000-7000-8000-000000000001"),
        document,
        document == "ScaleUp" ? "3" : "",
        document == "ScaleUp"
            ? ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal).Add("Group", ["web"])
            : ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal));

    private Guid NewToken() => Guid.CreateVersion7(_time.GetUtcNow());

    private AutomationRunbooks Engine(ParameterFeed? feed = null, params (string Name, string Value)[] actions) =>
        new(_client, new ConfiguredRunbooks(Settings(actions)), feed ?? new ParameterFeed(), Options.Create(new AutomationOptions()), _time);

    private async Task<string> StartAsync(AutomationRunbooks engine, string document = "ScaleUp") =>
        Assert.IsType<RunbookStart.Started>(await engine.StartAsync(Order(document) with { ClientToken = NewToken() }, Token)).EngineId;

    private static async Task<RunbookReading.Read> ReadAsync(AutomationRunbooks engine, string id) =>
        Assert.IsType<RunbookReading.Read>(await engine.ReadAsync(id, Token));
}
