using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core.Health;
using OpsConsole.Features.Health;

namespace OpsConsole.Tests.Features.Health;

public sealed partial class SlowViewerTests
{
    private readonly FrameRing _frames = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ViewerFanout _fanout;
    private long _sequence;

    public SlowViewerTests() => _fanout = new(
        new Outbox(_frames), _time, NullLogger<DefaultHubLifetimeManager<HealthHub>>.Instance, NullLogger<Viewer>.Instance);

    [Fact]
    public async Task A_viewer_that_does_not_read_slows_nobody_and_gets_what_it_missed_when_it_reads_again()
    {
        var slow = await ConnectAsync("slow", buffer: 1);
        var quick = await ConnectAsync("quick", buffer: 1 << 20);
        for (var look = 0; look < 100; look++)
        {
            _frames.Add(Snapshot());
            var sweep = _fanout.SweepAsync(sliceStarts: null, TestContext.Current.CancellationToken);
            Assert.True(sweep.IsCompletedSuccessfully);
        }

        Assert.Equal(1, _fanout.Busy);
        Assert.Equal(Enumerable.Range(1, 100), await ReadAsync(quick.Output, 100));
        Assert.Equal(Enumerable.Range(1, 100), await ReadAsync(slow.Output, 100));
    }

    [Fact]
    public async Task Who_leaves_while_the_groups_are_served_makes_nobody_else_miss_a_frame()
    {
        List<Connected> viewers = [];
        for (var i = 0; i < (2 * ViewerFanout.SliceSize) + 1; i++)
        {
            viewers.Add(await ConnectAsync($"{i}", buffer: 1 << 20));
        }

        _frames.Add(Snapshot());
        var slices = 0;
        var sweep = _fanout.SweepAsync(_ => slices++, TestContext.Current.CancellationToken);
        Assert.Equal(1, slices);
        await _fanout.OnDisconnectedAsync(viewers[0].Connection);
        while (!sweep.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Yield();
        }

        await sweep;
        Assert.Equal(3, slices);
        foreach (var viewer in viewers[1..])
        {
            Assert.Equal([1], await ReadAsync(viewer.Output, 1));
        }
    }

    private async Task<Connected> ConnectAsync(string id, int buffer)
    {
        var outgoing = new Pipe(new PipeOptions(pauseWriterThreshold: buffer, resumeWriterThreshold: 1));
        var connection = new DefaultConnectionContext(id, new Ends(outgoing.Writer), new Ends(outgoing.Writer));
        var context = new HubConnectionContext(connection, new HubConnectionContextOptions(), NullLoggerFactory.Instance) { Protocol = new JsonHubProtocol() };
        await _fanout.OnConnectedAsync(context);
        Assert.IsType<Viewer>(context.Items[typeof(Viewer)]).Watch(ServiceFilter.All, after: 0, _frames.Head);
        return new(context, outgoing.Reader);
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

    private sealed record Connected(HubConnectionContext Connection, PipeReader Output);

    private sealed class Ends(PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input { get; } = new Pipe().Reader;

        public PipeWriter Output => output;
    }
}
