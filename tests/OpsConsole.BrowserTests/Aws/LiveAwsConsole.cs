using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Aws.Scripted.Ssm;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.AdapterTests.Hosting;
using OpsConsole.BrowserTests.Hosting;

namespace OpsConsole.BrowserTests.Aws;

[CollectionDefinition(Name)]
public sealed class AwsMode : ICollectionFixture<LiveAwsConsole>
{
    public const string Name = "AWS mode";
}

/// <summary>
/// The built console in AWS mode and a real Chromium. In the account are two services with metrics, templates of FIS of which one is mapped to
/// <c>network-latency</c>, a runbook with an approval, one without, and shared parameters of every kind; a third service reports by itself.
/// </summary>
public sealed class LiveAwsConsole(DynaliteServer dynalite) : IAsyncLifetime
{
    public const string Service = "shop";
    public const string Parameters = "/opsconsole/test";

    private AwsConsole? _console;
    private BusyAccount? _account;
    private SteadyShop? _shop;
    private SignedInBrowser? _browser;

    internal AwsConsole Console => _console ?? throw new InvalidOperationException("Not started.");

    internal ScriptedAws Aws => Console.Aws;

    /// <summary>The service that sends its metrics by itself.</summary>
    internal SteadyShop Shop => _shop ?? throw new InvalidOperationException("Not started.");

    /// <summary>The id of the template that stops instances of the shop.</summary>
    public string Template { get; private set; } = "";

    /// <summary>The key of the experiment that stands for it.</summary>
    public string Experiment => "fis-" + Template.ToLowerInvariant();

    public async ValueTask InitializeAsync()
    {
        _console = await AwsConsole.StartAsync(
            dynalite,
            Prepare,
            ("OpsConsole:Aws:Fis:Service", Service),
            ("OpsConsole:Aws:Parameters:Path", Parameters),
            ("OpsConsole:Aws:Parameters:RefreshEvery", "00:00:10"),
            ("OpsConsole:Aws:Automation:LookEvery", "00:00:01"),
            ("OpsConsole:Aws:Automation:Actions:scale-up-resources:Document", "ScaleUp"),
            ("OpsConsole:Aws:Automation:Actions:scale-up-resources:Title", "One more instance behind the load balancer"),
            ("OpsConsole:Aws:Automation:Actions:scale-up-resources:Parameters:Group", "{service}-asg"),
            ("OpsConsole:Aws:Health:AlarmPeriod", "00:00:10"),
            ("OpsConsole:Aws:Health:Services:0:Name", "catalog"),
            ("OpsConsole:Aws:Health:Services:0:Preset", "Lambda"),
            ("OpsConsole:Aws:Health:Services:0:Fields:FunctionName", "catalog"));
        _shop = new(Console.Api, Service);
        _browser = await SignedInBrowser.StartAsync(Console.Api.BaseAddress!, Console.Output);
    }

    /// <summary>A tab of a signed-in operator.</summary>
    public Task<Tab> OpenAsync(string path, string theme = "dark", int width = 1440, int height = 900) =>
        (_browser ?? throw new InvalidOperationException("Not started.")).OpenAsync(path, theme, width, height);

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        if (_shop is not null)
        {
            await _shop.DisposeAsync();
        }

        if (_console is not null)
        {
            await _console.DisposeAsync();
        }

        if (_account is not null)
        {
            await _account.DisposeAsync();
        }
    }

    private void Prepare(ScriptedAws aws)
    {
        _account = new(aws);
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["opsconsole:max-error-rate"] = "20", ["team"] = "shop" };
        Template = aws.Fis.AddTemplate("Stop the shop's instances", alarmArn: aws.CloudWatch.AddAlarm("shop-5xx"), tags: tags);
        aws.CloudWatch.SetAlarm("shop-5xx", "OK", "Under the threshold.");
        var mapped = aws.Fis.AddTemplate("Slow the network of the shop", actionId: "aws:ec2:reboot-instances", instances: 3);

        aws.Ssm.AddDocument(new AutomationDocument(
            "ScaleUp",
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Group"] = null },
            [
                new("Scale", Duration: TimeSpan.FromSeconds(1)) { Outputs = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["Capacity"] = ["3"] } },
                AutomationStep.Approval("Confirm", "arn:aws:iam::123456789012:role/on-call"),
                new("Report"),
            ]));
        aws.Ssm.AddDocument("DrainQueue", new AutomationStep("Drain", Duration: TimeSpan.FromMinutes(10)));
        aws.Ssm.AddDocument("RestartWorkers", new AutomationStep("Restart"));

        aws.Ssm.SetParameter($"{Parameters}/environment", "test");
        aws.Ssm.SetParameter($"{Parameters}/safeguards/max-error-rate", "7.5");
        aws.Ssm.SetParameter($"{Parameters}/safeguards/max-latency", "much");
        aws.Ssm.SetParameter($"{Parameters}/experiments/network-latency/template", mapped);
        aws.Ssm.SetParameter($"{Parameters}/experiments/nothing/template", mapped);
        aws.Ssm.SetParameter($"{Parameters}/actions/drain-queue", """{"document": "DrainQueue", "title": "Empties the queue of orders"}""");
        aws.Ssm.SetParameter($"{Parameters}/actions/restart-workers", """{"document": "RestartWorkers"}""");
        aws.Ssm.SetParameter($"{Parameters}/database/password", "never shown", "SecureString");
    }
}
