using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Tests.Hosting;
using OpsConsole.Tests.Replicas;

namespace OpsConsole.Tests.Features.Health;

/// <summary>The console as it is built, where no code is generated at start: both protocols of the hub do without it.</summary>
public sealed class BuiltConsoleHubTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Frames_come_by_number(bool messagePack)
    {
        await using var console = ConsoleProcess.Start(
            ("OpsConsole:Auth:ApiKeys:0:Name", "shop"), ("OpsConsole:Auth:ApiKeys:0:Key", ConsoleHost.ApplicationKey), ("OpsConsole:Auth:ApiKeys:0:Role", "application"),
            ("OpsConsole:Auth:ApiKeys:1:Name", "vera"), ("OpsConsole:Auth:ApiKeys:1:Key", ConsoleHost.ViewerKey), ("OpsConsole:Auth:ApiKeys:1:Role", "viewer"));
        var address = await console.AddressAsync();
        await using var reporter = new Reporter(address, "shop");
        var builder = new HubConnectionBuilder().WithUrl(
            new Uri(address, "/hubs/health"), options => options.AccessTokenProvider = () => Task.FromResult<string?>(ConsoleHost.ViewerKey));
        if (messagePack)
        {
            builder.AddMessagePackProtocol();
        }

        await using var connection = builder.Build();
        var frames = Channel.CreateUnbounded<HealthHubTests.Frame>();
        connection.On<HealthHubTests.Frame>("frame", frame => frames.Writer.TryWrite(frame));
        await connection.StartAsync(TestContext.Current.CancellationToken);
        await connection.InvokeAsync<HealthHubTests.Answer>("Watch", (string[])["shop"], 0, TestContext.Current.CancellationToken);

        var first = await NextAsync(frames.Reader);
        var second = await NextAsync(frames.Reader);

        Assert.Equal(("shop", first.Sequence + 1), (second.Service, second.Sequence));
    }

    private static Task<HealthHubTests.Frame> NextAsync(ChannelReader<HealthHubTests.Frame> frames) =>
        frames.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
}
