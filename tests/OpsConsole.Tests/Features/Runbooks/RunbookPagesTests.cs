using System.Collections.Immutable;
using AngleSharp.Dom;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor;
using MudBlazor.Services;
using OpsConsole.Core.Access;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Runbooks;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Pages;
using OpsConsole.Features.Runbooks;
using OpsConsole.Features.Runbooks.Api;
using OpsConsole.Features.Runbooks.Pages;
using OpsConsole.Tests.Features.Experiments;

namespace OpsConsole.Tests.Features.Runbooks;

public sealed class RunbookPagesTests : BunitContext
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero));
    private readonly FakeRunbooks _engine = new FakeRunbooks().Add("restart", ("Group", "{service}-asg")).Add("report");
    private readonly RunbookFeed _feed = new();
    private readonly MemoryStore _store;
    private readonly RunbookBook _book;
    private readonly BunitAuthorizationContext _user;

    public RunbookPagesTests()
    {
        _store = new(_time);
        JSInterop.Mode = JSRuntimeMode.Loose;
        _user = AddAuthorization();
        _user.SetAuthorized("otto");
        _user.SetRoles(AccessRoles.Operator);
        _book = new(_store, _feed, _time);
        Services.AddMudServices();
        Services.AddSingleton<TimeProvider>(_time);
        Services.AddSingleton<IRunbookEngine>(_engine);
        Services.AddSingleton(_feed);
        Services.AddSingleton(_book);
        Services.AddSingleton(new ParameterFeed());
        Services.AddSingleton(new HealthFeed());
        Services.AddSingleton(new SealedNotice(new EphemeralDataProtectionProvider()));
        SetRendererInfo(new("Server", isInteractive: true));
    }

    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_execution_moves_on_screen_and_shows_what_each_step_gave()
    {
        await CreateAsync(Waiting() with { State = RunbookState.InProgress, Steps = [Step("Drain", RunbookState.InProgress)] });
        var page = Render<ExecutionPage>(parameters => parameters.Add(execution => execution.Id, "e1"));
        Assert.Equal("in progress", page.Find("tbody .chip").TextContent.Trim());

        await ChangeAsync(now => now with { Steps = [Step("Drain", RunbookState.Succeeded) with { Outputs = ImmutableSortedDictionary<string, string>.Empty.Add("Left", "3") }] });

        page.WaitForAssertion(() => Assert.Equal("succeeded", page.Find("tbody .chip").TextContent.Trim()));
        Assert.Equal(("Left", "3"), (page.Find("tbody dt").TextContent, page.Find("tbody dd").TextContent));
    }

    [Fact]
    public async Task A_store_that_answers_late_is_waited_for_and_the_page_is_live_from_then_on()
    {
        await CreateAsync(Waiting() with { State = RunbookState.InProgress, Steps = [Step("Drain", RunbookState.InProgress)] });
        var answer = new TaskCompletionSource();
        _store.Answers = answer.Task;
        var page = Render<ExecutionPage>(parameters => parameters.Add(execution => execution.Id, "e1"));
        Assert.Contains("Loading…", page.Markup, StringComparison.Ordinal);

        answer.SetResult();
        page.WaitForAssertion(() => Assert.Equal("in progress", page.Find("tbody .chip").TextContent.Trim()));
        await ChangeAsync(now => now with { Steps = [Step("Drain", RunbookState.Succeeded)] });

        page.WaitForAssertion(() => Assert.Equal("succeeded", page.Find("tbody .chip").TextContent.Trim()));
    }

    [Fact]
    public async Task Who_may_approve_is_shown_to_everybody_and_the_decision_only_to_administrators()
    {
        await CreateAsync(Waiting());
        var page = Render<ExecutionPage>(parameters => parameters.Add(execution => execution.Id, "e1"));
        var panel = page.Find("section[aria-labelledby=approval-title]");
        Assert.Contains("arn:aws:iam::123456789012:role/on-call", panel.TextContent, StringComparison.Ordinal);
        Assert.Contains("takes the role admin", panel.TextContent, StringComparison.Ordinal);
        Assert.Empty(panel.QuerySelectorAll("button"));

        _user.SetRoles(AccessRoles.Admin);
        var theirs = Render<ExecutionPage>(parameters => parameters.Add(execution => execution.Id, "e1"));

        Assert.Equal(
            ["Approve", "Reject"], theirs.FindAll("section[aria-labelledby=approval-title] button").Select(button => button.TextContent));
    }

    [Fact]
    public async Task An_execution_that_cannot_be_looked_at_says_since_when_and_why()
    {
        await CreateAsync(Waiting() with { Problem = "AWS denies ssm:GetAutomationExecution.", ProblemSince = _time.GetUtcNow() });

        var page = Render<ExecutionPage>(parameters => parameters.Add(execution => execution.Id, "e1"));

        var alert = page.Find("[role=alert]").TextContent;
        Assert.Contains("as of 2026-03-04 10:00:00 UTC", alert, StringComparison.Ordinal);
        Assert.Contains("AWS denies ssm:GetAutomationExecution.", alert, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_stop_says_why()
    {
        await CreateAsync(Waiting() with { State = RunbookState.Succeeded });
        var page = Render<ExecutionPage>(parameters => parameters.Add(execution => execution.Id, "e1"));

        var stop = page.Find("form[action$='/stop'] button");
        Assert.True(stop.IsDisabled());
        Assert.Equal("It is over (Succeeded); nothing is carried out any more.", page.Find("#" + stop.GetAttribute("aria-describedby")).TextContent);
    }

    [Fact]
    public void A_runbook_asks_for_a_service_only_if_it_needs_one()
    {
        _engine.Problems = ["drain is defined twice."];
        var page = Render<RunbooksPage>();

        Assert.Equal(["report", "restart"], page.FindAll("h2").Select(heading => heading.TextContent).Take(2));
        Assert.Empty(page.FindAll("form[action='/runbooks/report/start'] [name=service]"));
        Assert.Single(page.FindAll("form[action='/runbooks/restart/start'] [name=service]"));
        Assert.Contains("drain is defined twice.", page.Find(".notice").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_viewer_starts_nothing_and_reads_why()
    {
        _user.SetRoles(AccessRoles.Viewer);
        var page = Render<RunbooksPage>();

        Assert.All(page.FindAll("form button"), button => Assert.True(button.IsDisabled()));
        Assert.Contains("takes the role operator", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_a_run_shows_the_runbooks_of_its_rollback_as_they_stand()
    {
        var panel = Render<RunRollbacks>(parameters => parameters.Add(rollbacks => rollbacks.RunId, "r1"));
        Assert.Empty(panel.FindAll("section"));

        await CreateAsync(Waiting() with { RunId = "r1" });

        panel.WaitForAssertion(() => Assert.Contains("restart waits for approval at step Confirm.", panel.Markup, StringComparison.Ordinal));
        Assert.Equal("/runbooks/executions/e1", panel.Find("a").GetAttribute("href"));
    }

    [Fact]
    public void A_rollback_action_names_its_runbook()
    {
        Render<MudPopoverProvider>();
        var errors = ImmutableDictionary<string, string[]>.Empty.Add("rollbackActions[0].runbook", ["Name the runbook that is carried out."]);
        var fields = Render<ActionFields>(parameters => parameters
            .Add(field => field.Action, new ActionDraft { Kind = RollbackActionKind.RunRunbook })
            .Add(field => field.Index, 0)
            .Add(field => field.Errors, errors)
            .Add(field => field.OnRemove, () => { }));

        Assert.Equal("true", fields.Find("#runbook-0").GetAttribute("aria-invalid"));
        Assert.Equal(new RollbackAction(RollbackActionKind.RunRunbook, Runbook: "drain"), new ActionDraft { Kind = RollbackActionKind.RunRunbook, Flag = "x", Runbook = " drain " }.ToAction());
    }

    private static RunbookStep Step(string name, RunbookState state) => new(name, "aws:executeScript", state) { Status = state.ToString() };

    private RunbookExecution Waiting() => new()
    {
        Id = "e1",
        Runbook = _engine.Catalog.Find("restart")!,
        ClientToken = Guid.CreateVersion7(_time.GetUtcNow()),
        RequestedBy = "otto",
        RequestedAt = _time.GetUtcNow(),
        EngineId = "exec-1",
        State = RunbookState.Waiting,
        Steps = [FakeRunbooks.Approval("Confirm")],
    };

    private Task CreateAsync(RunbookExecution execution) => _book.CreateAsync(execution, Told, Token);

    private Task ChangeAsync(Func<RunbookExecution, RunbookExecution> change) => _book.ChangeAsync("e1", now => (change(now), Told), Token);

    private static TimelineEvent Told => new() { Actor = "otto", Kind = TimelineKinds.RunbookProgressed, Subject = Subjects.Runbook("e1") };
}
