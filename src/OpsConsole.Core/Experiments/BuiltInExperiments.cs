using System.Collections.Immutable;

namespace OpsConsole.Core.Experiments;

/// <summary>The definitions that come with the console, for the sample application.</summary>
public static class BuiltInExperiments
{
    private const string Service = "storefront";

    /// <summary>All of them, by key.</summary>
    public static ImmutableArray<Experiment> All { get; } =
    [
        new()
        {
            Id = "database-failover",
            Title = "Database failover",
            Hypothesis = "While the order database is gone, orders are refused fast and everything else goes on; when it is back it is slow at first, and nothing piles up.",
            Service = Service,
            Faults =
            [
                new() { Kind = FaultKind.DependencyOutage, Dependency = "orders-db", Duration = TimeSpan.FromSeconds(20) },
                new()
                {
                    Kind = FaultKind.DependencyLatency,
                    Dependency = "orders-db",
                    Delay = TimeSpan.FromMilliseconds(400),
                    Jitter = TimeSpan.FromMilliseconds(150),
                    StartAfter = TimeSpan.FromSeconds(20),
                    Duration = TimeSpan.FromSeconds(20),
                },
            ],
            Duration = TimeSpan.FromSeconds(60),
            Safeguards = new(MaxErrorRate: 60, MaxLatency: 3000),
            RollbackActions = [new(RollbackActionKind.StopExperiment)],
            BuiltIn = true,
        },
        new()
        {
            Id = "instance-termination",
            Title = "Instance termination",
            Hypothesis = "When one of the instances goes down, the others take its traffic and customers notice nothing.",
            Service = Service,
            Faults = [new() { Kind = FaultKind.InstanceTermination, Instances = 1 }],
            Duration = TimeSpan.FromSeconds(60),
            Safeguards = new(MaxErrorRate: 20, MaxLatency: 1500),
            RollbackActions = [new(RollbackActionKind.StopExperiment), new(RollbackActionKind.ScaleUpResources)],
            BuiltIn = true,
        },
        new()
        {
            Id = "network-latency",
            Title = "Network latency",
            Hypothesis = "When calls to pricing take 200 ms longer, orders are slower but none fails.",
            Service = Service,
            Faults =
            [
                new()
                {
                    Kind = FaultKind.DependencyLatency,
                    Dependency = "pricing",
                    Delay = TimeSpan.FromMilliseconds(200),
                    Jitter = TimeSpan.FromMilliseconds(50),
                },
            ],
            Duration = TimeSpan.FromSeconds(60),
            Safeguards = new(MaxErrorRate: 20, MaxLatency: 1500),
            RollbackActions = [new(RollbackActionKind.StopExperiment), new(RollbackActionKind.ScaleUpResources)],
            BuiltIn = true,
        },
    ];

    /// <summary>One of them, or <see langword="null"/>.</summary>
    /// <param name="id">Its key.</param>
    public static Experiment? Find(string id) => All.FirstOrDefault(experiment => experiment.Id == id);
}
