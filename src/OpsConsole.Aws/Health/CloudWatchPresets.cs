using System.Collections.Immutable;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Aws.Health;

/// <summary>Ready-made sets of metrics. Namespaces, metrics and dimensions are those that the AWS services publish.</summary>
internal static class CloudWatchPresets
{
    private const double SecondsToMilliseconds = 1000;

    public static ImmutableArray<MonitoringPreset> All { get; } =
    [
        new(
            "ApplicationLoadBalancer",
            "Application Load Balancer",
            [
                new("LoadBalancer", "Load balancer", "app/shop/50dc6c495c0c9188"),
                new("TargetGroup", "Target group, if only one counts", "targetgroup/shop/73e2d6bc24d8a067", Required: false),
            ],
            LoadBalancer),
        new("Lambda", "Lambda function", [new("FunctionName", "Function", "checkout")], Lambda),
        new(
            "Ecs",
            "ECS service behind a load balancer",
            [
                new("ClusterName", "Cluster", "production"),
                new("ServiceName", "Service", "checkout"),
                new("LoadBalancer", "Load balancer in front of it", "app/shop/50dc6c495c0c9188", Required: false),
                new("TargetGroup", "Its target group", "targetgroup/shop/73e2d6bc24d8a067", Required: false),
            ],
            Ecs),
        new(
            "Ec2",
            "EC2 instance or Auto Scaling group",
            [
                new("AutoScalingGroupName", "Auto Scaling group", "shop-web", Required: false),
                new("InstanceId", "Instance, if it is a single one", "i-0123456789abcdef0", Required: false),
                new("LoadBalancer", "Load balancer in front of it", "app/shop/50dc6c495c0c9188", Required: false),
            ],
            Ec2),
        new(
            "ApiGateway",
            "API Gateway REST API",
            [new("ApiName", "API", "shop"), new("Stage", "Stage, if only one counts", "prod", Required: false)],
            ApiGateway),
    ];

    public static MonitoringPreset? Find(string key) =>
        All.FirstOrDefault(preset => string.Equals(preset.Key, key, StringComparison.OrdinalIgnoreCase));

    /// <summary>A field's value, or <see langword="null"/> where it was left empty.</summary>
    public static string? GetValue(this IDictionary<string, string> fields, string key) => fields.TryGetValue(key, out var value) ? value : null;

    private static ImmutableArray<MetricDefinition> LoadBalancer(IReadOnlyDictionary<string, string> fields)
    {
        const string Namespace = "AWS/ApplicationELB";
        var target = Dimensions(fields, "LoadBalancer", "TargetGroup");
        var balancer = Dimensions(fields, "LoadBalancer");
        return
        [
            Metric("requests", MetricRole.Requests, Namespace, "RequestCount", target, "Sum"),
            Metric("errors", MetricRole.Errors, Namespace, "HTTPCode_Target_5XX_Count", target, "Sum"),
            .. Latencies(Namespace, "TargetResponseTime", target, SecondsToMilliseconds),
            Metric("connections", MetricRole.ActiveConnections, Namespace, "ActiveConnectionCount", balancer, "Sum"),
        ];
    }

    private static ImmutableArray<MetricDefinition> Lambda(IReadOnlyDictionary<string, string> fields)
    {
        const string Namespace = "AWS/Lambda";
        var function = Dimensions(fields, "FunctionName");
        return
        [
            Metric("requests", MetricRole.Requests, Namespace, "Invocations", function, "Sum"),
            Metric("errors", MetricRole.Errors, Namespace, "Errors", function, "Sum"),
            .. Latencies(Namespace, "Duration", function, scale: 1),
            Metric("concurrency", MetricRole.ActiveConnections, Namespace, "ConcurrentExecutions", function, "Maximum"),
        ];
    }

    private static ImmutableArray<MetricDefinition> Ecs(IReadOnlyDictionary<string, string> fields) =>
    [
        Metric("cpu", MetricRole.CpuUtilization, "AWS/ECS", "CPUUtilization", Dimensions(fields, "ClusterName", "ServiceName"), "Average"),
        .. Has(fields, "LoadBalancer") ? LoadBalancer(fields) : [],
    ];

    private static ImmutableArray<MetricDefinition> Ec2(IReadOnlyDictionary<string, string> fields) =>
    [
        Metric(
            "cpu",
            MetricRole.CpuUtilization,
            "AWS/EC2",
            "CPUUtilization",
            Has(fields, "InstanceId") ? Dimensions(fields, "InstanceId") : Dimensions(fields, "AutoScalingGroupName"),
            "Average"),
        .. Has(fields, "LoadBalancer") ? LoadBalancer(fields) : [],
    ];

    private static ImmutableArray<MetricDefinition> ApiGateway(IReadOnlyDictionary<string, string> fields)
    {
        const string Namespace = "AWS/ApiGateway";
        var api = Dimensions(fields, "ApiName", "Stage");
        return
        [
            Metric("requests", MetricRole.Requests, Namespace, "Count", api, "Sum"),
            Metric("errors", MetricRole.Errors, Namespace, "5XXError", api, "Sum"),
            .. Latencies(Namespace, "Latency", api, scale: 1),
        ];
    }

    private static IEnumerable<MetricDefinition> Latencies(
        string @namespace, string name, ImmutableSortedDictionary<string, string> dimensions, double scale) =>
    [
        Metric("latencyMean", MetricRole.LatencyMean, @namespace, name, dimensions, "Average") with { Scale = scale },
        Metric("latencyP50", MetricRole.LatencyP50, @namespace, name, dimensions, "p50") with { Scale = scale },
        Metric("latencyP95", MetricRole.LatencyP95, @namespace, name, dimensions, "p95") with { Scale = scale },
        Metric("latencyP99", MetricRole.LatencyP99, @namespace, name, dimensions, "p99") with { Scale = scale },
    ];

    private static MetricDefinition Metric(
        string id, MetricRole role, string @namespace, string name, ImmutableSortedDictionary<string, string> dimensions, string statistic) => new()
        {
            Id = id,
            Role = role,
            Namespace = @namespace,
            Metric = name,
            Dimensions = dimensions,
            Statistic = statistic,
        };

    private static bool Has(IReadOnlyDictionary<string, string> fields, string key) =>
        fields.TryGetValue(key, out var value) && !string.IsNullOrWhiteSpace(value);

    private static ImmutableSortedDictionary<string, string> Dimensions(IReadOnlyDictionary<string, string> fields, params ReadOnlySpan<string> keys)
    {
        var dimensions = MetricDefinition.NoDimensions.ToBuilder();
        foreach (var key in keys)
        {
            if (Has(fields, key))
            {
                dimensions[key] = fields[key].Trim();
            }
        }

        return dimensions.ToImmutable();
    }
}
