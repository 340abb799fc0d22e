using System.Collections.Immutable;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;
using OpsConsole.Features.Health.Monitoring;
using OpsConsole.Features.Health.Pages;

namespace OpsConsole.Tests.Features.Health;

public sealed class VitalChartsTests : BunitContext
{
    private readonly FlagFeed _flags = new();
    private readonly RunFeed _runs = new();

    public VitalChartsTests() =>
        Services.AddSingleton(_flags).AddSingleton(_runs).AddSingleton<IMonitoring>(new NothingMonitored());

    [Fact]
    public void A_limit_says_what_it_sheds_the_lowest_first_and_only_on_its_own_service()
    {
        Publish(Sheds("a", "shop", 800), Sheds("b", "shop", 500), Sheds("c", "shop", 500), Sheds("d", "billing", 100), Sheds("e", "shop", 50, archived: true));

        Assert.Equal("latencyP95:500:sheds 2 flags,latencyP95:800:sheds a", Limits("Latency"));
        Assert.Null(Limits("Throughput"));
    }

    [Fact]
    public void The_safeguard_of_a_run_on_the_service_is_a_limit_too()
    {
        Publish(Sheds("a", "shop", 500));
        Publish(Run("shop", maxLatency: 500), Run("billing", maxLatency: 20));

        Assert.Equal("latencyP95:500:sheds a and stops the run", Limits("Latency"));
    }

    [Fact]
    public void No_more_limits_are_drawn_than_can_be_told_apart()
    {
        Publish([.. Enumerable.Range(1, 9).Select(number => Sheds($"flag-{number}", "shop", number * 100))]);

        Assert.Equal("latencyP95:100:sheds flag-1,latencyP95:200:sheds flag-2,latencyP95:300:sheds flag-3", Limits("Latency"));
    }

    private static FlagView Sheds(string key, string service, double maxLatency, bool archived = false) => new(
        new Flag { Key = key, Archived = archived, Conditions = new FlagConditions { Service = service, MaxLatency = maxLatency } },
        1,
        true,
        "STATIC",
        "",
        true,
        false,
        [new ConditionMargin(VitalSign.LatencyP95, maxLatency, 20, false)],
        null);

    private static Run Run(string service, double maxLatency) => new()
    {
        Id = service,
        Experiment = BuiltInExperiments.All[0] with { Service = service, Safeguards = new(null, maxLatency) },
        State = RunState.Running,
        RequestedBy = "otto",
        RequestedAt = DateTimeOffset.UnixEpoch,
    };

    private void Publish(params FlagView[] flags) => _flags.Publish(new(1, DateTimeOffset.UnixEpoch, flags.ToImmutableSortedDictionary(view => view.Flag.Key, view => view, StringComparer.Ordinal)));

    private void Publish(params Run[] active) => _runs.Publish(new([.. active], [], SafetyLever.Disengaged));

    private string? Limits(string heading) => Render<VitalCharts>(parameters => parameters.Add(charts => charts.Service, "shop").Add(charts => charts.Window, 300))
        .Find($"ops-chart[heading={heading}]").GetAttribute("limits");
}
