using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Core.Health;
using OpsConsole.Features.Health;

namespace OpsConsole.Tests.Features.Health;

public sealed partial class SlowViewerTests
{
    private readonly FrameRing _frames = new();
    private long _sequence;

    [Fact]
    public async Task A_viewer_that_does_not_read_slows_nobody_and_gets_what_it_missed_when_it_reads_again()
    {
        var outbox = new Outbox(_frames);
        var fanout = new ViewerFanout(NullLogger<DefaultHubLifetimeManager<HealthHub>>.Instance, outbox, TimeProvider.System);
        var slow = await ConnectAsync(fanout, "slow", buffer: 1);
        var quick = await ConnectAsync(fanout, "quick", buffer: 1 << 20);
        foreach (var viewer in new[] { "slow", "quick" })
        {
            fanout.Find(viewer)!.Watch(ServiceFilter.All, after: 0, _frames.Head);
        }

        for (var look = 0; look < 100; look++)
        {
            _frames.Add(Snapshot());
            var sweep = fanout.SweepAsync(sliceStarts: null, TestContext.Current.CancellationToken);
            Assert.True(sweep.IsCompletedSuccessfully);
        }

        Assert.True(fanout.Find("slow")!.IsBusy);
        Assert.Equal(Enumerable.Range(1, 100), await ReadAsync(quick, 100));
        Assert.Equal(Enumerable.Range(1, 100), await ReadAsync(slow, 100));
    }

    private static async Task<PipeReader> ConnectAsync(ViewerFanout fanout, string id, int buffer)
    {
        var outgoing = new Pipe(new PipeOptions(pauseWriterThreshold: buffer, resumeWriterThreshold: 1));
        var connection = new DefaultConnectionContext(id, new Ends(outgoing.Writer), new Ends(outgoing.Writer));
        var context = new HubConnectionContext(connection, new HubConnectionContextOptions(), NullLoggerFactory.Instance) { Protocol = new JsonHubProtocol() };
        await fanout.OnConnectedAsync(context);
        return outgoing.Reader;
    }

    private static async Task<List<int>> ReadAsync(PipeReader reader, int count)
    {
        var text = new StringBuilder();
        while (Numbers().Count(text.ToString()) < count)
        {
            var read = await reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
            text.Append(Encoding.UTF8.GetString(read.Buffer));
            reader.AdvanceTo(read.Buffer.End);
        }

        return [.. Numbers().Matches(text.ToString()).Select(match => int.Parse(match.Groups["number"].Value))];
    }

    private HealthSnapshot Snapshot() => new(
        ++_sequence,
        DateTimeOffset.UnixEpoch,
        ImmutableSortedDictionary.Create<string, Sample>(StringComparer.Ordinal).Add("shop", new Sample { Service = "shop", Environment = "test" }));

    [GeneratedRegex("\"sequence\":(?<number>[0-9]+),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();

    private sealed class Ends(PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input { get; } = new Pipe().Reader;

        public PipeWriter Output => output;
    }
}
