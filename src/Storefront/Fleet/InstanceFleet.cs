using System.Collections.Immutable;
using OpsConsole.Client;
using Yarp.ReverseProxy.Configuration;

namespace Storefront.Fleet;

/// <summary>The instances of the service: starts them, keeps them alive, tells the balancer which of them answer.</summary>
internal sealed partial class InstanceFleet(
    StorefrontSettings settings, FleetDependencies dependencies, InMemoryConfigProvider balancer, TimeProvider time, ILogger<InstanceFleet> logger)
    : BackgroundService
{
    private const int MostInstances = 10;
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private readonly HttpClient _probe = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly TaskCompletionSource<CancellationToken> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<FleetMember> _members = [];
    private ImmutableList<Task> _keeping = [];

    public ImmutableArray<FleetMember> Members => _members;

    /// <summary>Whether anybody answers customers.</summary>
    public bool IsOpen => _members.Any(member => member.Address is not null);

    /// <summary>One instance is down for as long as the fault lives; the fault is gone when it answers again.</summary>
    public async Task TerminateAsync(FaultEffect fault, CancellationToken life)
    {
        var member = _members.First(member => member.Name == fault.Target);
        member.HoldDown();
        fault.Struck();
        LogTerminated(member.Name, fault.RunId);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, life).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var limit = new CancellationTokenSource(BackWithin, time);
        await member.ReleaseAsync(limit.Token);
    }

    /// <summary>Adds an instance and waits until it answers.</summary>
    public async Task<string> ScaleUpAsync(CancellationToken cancel)
    {
        FleetMember member;
        var ending = await _started.Task.WaitAsync(cancel);
        lock (_gate)
        {
            if (_members.Length >= MostInstances)
            {
                throw new InvalidOperationException($"There are {MostInstances} instances already, which is the most that this fleet may have.");
            }

            member = Add(ending);
        }

        await member.ReleaseAsync(cancel);
        return $"{member.Name} was added; {_members.Length} instances serve now.";
    }

    public override void Dispose()
    {
        _probe.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lock (_gate)
        {
            for (var i = 0; i < settings.Instances; i++)
            {
                Add(stoppingToken);
            }
        }

        _started.SetResult(stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_keeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private FleetMember Add(CancellationToken ending)
    {
        var member = new FleetMember(
            $"storefront-{_members.Length + 1}", settings, dependencies.Addresses, _probe, time, TellBalancer, logger);
        _members = _members.Add(member);
        _keeping = _keeping.Add(Task.Run(() => member.KeepAsync(ending), CancellationToken.None));
        return member;
    }

    private void TellBalancer()
    {
        lock (_gate)
        {
            var destinations = _members
                .Where(member => member.Address is not null)
                .ToDictionary(member => member.Name, member => new DestinationConfig { Address = member.Address!.ToString() }, StringComparer.Ordinal);
            balancer.Update(Balancer.Routes, [Balancer.Over(destinations)]);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Instance} is terminated by the run {RunId}.")]
    private partial void LogTerminated(string instance, string runId);
}

/// <summary>Where the instances find their dependencies.</summary>
internal sealed record FleetDependencies(string Addresses);
