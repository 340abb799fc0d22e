using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;

namespace OpsConsole.Benchmarks.Operators;

/// <summary>What a viewer got since it was last asked: how long each frame took, in milliseconds, and how many numbers were left out.</summary>
internal sealed record FramesGot(IReadOnlyList<double> Latencies, long Missed);

/// <summary>A viewer of the hub that notes when each frame comes.</summary>
internal sealed class FrameViewer
{
    private readonly Lock _gate = new();
    private List<double> _latencies = [];
    private long _last;
    private long _missed;

    private FrameViewer()
    {
    }

    public static async Task<FrameViewer> StartAsync(Uri console, string service)
    {
        var viewer = new FrameViewer();
        var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(console, "/hubs/health"), options => options.Headers["X-API-Key"] = BuiltConsole.Key)
            .Build();
        hub.On<JsonElement>("frame", viewer.Note);
        await hub.StartAsync();
        await hub.InvokeAsync("Watch", (string[])[service], 0);
        return viewer;
    }

    public FramesGot Take()
    {
        lock (_gate)
        {
            var got = new FramesGot(_latencies, _missed);
            (_latencies, _missed) = ([], 0);
            return got;
        }
    }

    private void Note(JsonElement frame)
    {
        var latency = (TimeProvider.System.GetUtcNow() - frame.GetProperty("at").GetDateTimeOffset()).TotalMilliseconds;
        var sequence = frame.GetProperty("sequence").GetInt64();
        lock (_gate)
        {
            _missed += _last == 0 ? 0 : sequence - _last - 1;
            _last = sequence;
            _latencies.Add(latency);
        }
    }
}
