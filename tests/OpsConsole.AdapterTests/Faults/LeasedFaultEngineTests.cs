using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Client;
using OpsConsole.Core;
using OpsConsole.Core.Access;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Replicas;
using OpsConsole.Embedded;
using OpsConsole.Embedded.Faults;

namespace OpsConsole.AdapterTests.Faults;

/// <summary>The embedded engine with a real agent over a real socket.</summary>
public sealed class LeasedFaultEngineTests : FaultEngineContract, IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("opsconsole-engine-").FullName;
    private WebApplication _console = null!;
    private WebApplication _shop = null!;

    private protected override IFaultEngine Engine => _console.Services.GetRequiredService<IFaultEngine>();

    private protected override string Target => "shop-1";

    private protected override FaultOrder Order(string runId, bool unknown = false)
    {
        var now = TimeProvider.System.GetUtcNow();
        var target = unknown ? "shop-9" : Target;
        var spec = new FaultSpec { Kind = FaultKind.Latency, Delay = TimeSpan.FromMilliseconds(50) };
        return new(runId, "shop", [new($"{runId}/{target}", target, spec)], now, now.AddMinutes(5));
    }

    public async ValueTask InitializeAsync()
    {
        var builder = Quiet();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(Leadership.Alone(TimeProvider.System));
        builder.Services.AddSingleton(new DataDirectory(_directory));
        builder.Services.AddAuthorizationBuilder().AddPolicy(AccessPolicies.Report, policy => policy.RequireAssertion(_ => true));
        builder.AddLeasedFaults();
        _console = builder.Build();
        _console.UseAuthorization();
        _console.MapFaultAgents();
        await _console.StartAsync(TestContext.Current.CancellationToken);

        var shop = Quiet();
        shop.Services.AddOpsConsole(options =>
        {
            options.Endpoint = new Uri(_console.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
            options.Service = "shop";
            options.Instance = "shop-1";
        }).AddFaultAgent();
        _shop = shop.Build();
        _shop.UseOpsConsoleFaults();
        await _shop.StartAsync(TestContext.Current.CancellationToken);
        while (!(await Engine.TargetsAsync("shop", TestContext.Current.CancellationToken)).Any(target => target.Connected))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        await _console.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task It_names_the_instances_that_can_be_touched() =>
        Assert.Equal([new FaultTarget("shop-1", true)], await Engine.TargetsAsync("shop", TestContext.Current.CancellationToken));

    [Fact]
    public void The_epoch_rises_with_every_start_and_every_stop_of_everything_and_survives_the_process()
    {
        var first = Epoch();
        var started = first.Current;
        first.Raise();
        var raised = first.Raise();

        first.Dispose();
        using var second = Epoch();

        Assert.True(raised > started);
        Assert.True(second.Current > raised, string.Create(CultureInfo.InvariantCulture, $"{second.Current} after {raised}"));
    }

    [Fact]
    public void The_epoch_rises_even_if_it_cannot_be_kept()
    {
        using var epoch = new DurableEpoch(
            new DataDirectory(Path.Combine(_directory, "missing")), Leadership.Alone(TimeProvider.System), TimeProvider.System, NullLogger<DurableEpoch>.Instance);
        var before = epoch.Current;

        Assert.True(epoch.Raise() > before);
    }

    [Fact]
    public void The_epoch_is_eight_bytes_that_are_overwritten_in_place()
    {
        using (var first = Epoch())
        {
            first.Raise();
        }

        using (Epoch())
        {
        }

        Assert.Equal(8, new FileInfo(Path.Combine(_directory, "fault-epoch")).Length);
    }

    private static WebApplicationBuilder Quiet()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return builder;
    }

    private DurableEpoch Epoch() => new(
        new DataDirectory(_directory), Leadership.Alone(TimeProvider.System), new FakeTimeProvider(), NullLogger<DurableEpoch>.Instance);
}
