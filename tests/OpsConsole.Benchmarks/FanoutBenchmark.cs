using System.Diagnostics;

namespace OpsConsole.Benchmarks;

/// <summary>
/// One look a second to thousands of viewers over raw WebSockets, beside a bare WebSocket broadcast of the same bytes. The server and
/// the load have processes of their own; this one reads what they print.
/// </summary>
internal static class FanoutBenchmark
{
    private sealed record Result(double[] FromGroup, double[] FromLook, long Messages, long Missed, double CpuMicroseconds, double KilobytesAViewer, int Busy);

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = int.Parse(Option(args, "--seconds") ?? "20");
        var stalled = int.Parse(Option(args, "--stalled") ?? "0");
        if (stalled > 0)
        {
            // Frames are large and many here: a reader who has stopped fills the kernel's buffers within seconds.
            var viewers = int.Parse(Option(args, "--viewers") ?? "200");
            var result = await MeasureAsync("hub", viewers, stalled, seconds, services: 60, rate: 20);
            Console.WriteLine($"{viewers} viewers, {stalled} % of them do not read, {result.Busy} passed over at the end: the others "
                + $"got {result.Messages} frames and missed {result.Missed}; p99 {result.FromGroup[2]:F1} ms; {result.KilobytesAViewer:F0} kB a viewer");
            return result.Missed == 0 && result.Busy > 0 ? 0 : 1;
        }

        foreach (var viewers in (Option(args, "--viewers") ?? "5000,10000").Split(',').Select(int.Parse))
        {
            var bare = await MeasureAsync("bare", viewers, 0, seconds, services: 3, rate: 1);
            var hub = await MeasureAsync("hub", viewers, 0, seconds, services: 3, rate: 1);
            Console.WriteLine($"{viewers} viewers, {seconds} looks          p50     p95     p99 ms   CPU/message   kB a viewer   missed");
            Print("bare WebSocket broadcast", bare.FromLook, bare);
            Print("hub, from its group's start", hub.FromGroup, hub);
            Print("hub, from the look", hub.FromLook, hub);
            Console.WriteLine($"  p99 {hub.FromGroup[2] / bare.FromLook[2]:F2} x the bare one, CPU a message {hub.CpuMicroseconds / bare.CpuMicroseconds:F2} x");
        }

        return 0;
    }

    private static void Print(string name, double[] latency, Result result) => Console.WriteLine(
        $"  {name,-28}{latency[0],8:F1}{latency[1],8:F1}{latency[2],8:F1}{result.CpuMicroseconds,10:F1} us{result.KilobytesAViewer,13:F1}{result.Missed,10}");

    private static async Task<Result> MeasureAsync(string kind, int viewers, int stalled, int seconds, int services, int rate)
    {
        using var server = Start("fanout-server", kind, $"{services}", $"{rate}");
        var address = await ExpectAsync(server, "ADDRESS");
        using var load = Start("fanout-load", kind, address, $"{viewers}", $"{stalled}");
        await ExpectAsync(load, "CONNECTED");
        await server.StandardInput.WriteLineAsync($"measure {viewers}");
        await ExpectAsync(server, "STARTED");
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        await server.StandardInput.WriteLineAsync("stop");
        var summary = (await ExpectAsync(server, "SUMMARY")).Split(' ');
        var (looks, groups) = await ReadTimesAsync(server);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        await load.StandardInput.WriteLineAsync("stop");
        var result = await CompareAsync(load, looks, groups);
        server.StandardInput.Close();
        await Task.WhenAll(server.WaitForExitAsync(), load.WaitForExitAsync());
        var cpu = double.Parse(summary[0]);
        return result with { CpuMicroseconds = cpu / Math.Max(1, result.Messages), KilobytesAViewer = double.Parse(summary[1]), Busy = int.Parse(summary[2]) };
    }

    private static async Task<(Dictionary<long, long> Looks, Dictionary<(long, int), long> Groups)> ReadTimesAsync(Process server)
    {
        Dictionary<long, long> looks = [];
        Dictionary<(long, int), long> groups = [];
        while (await server.StandardOutput.ReadLineAsync() is { } line && line != "END")
        {
            var parts = line.Split(' ').Select(part => long.Parse(part)).ToArray();
            if (parts[1] < 0)
            {
                looks[parts[0]] = parts[2];
            }
            else
            {
                groups.TryAdd((parts[0], (int)parts[1]), parts[2]);
            }
        }

        return (looks, groups);
    }

    private static async Task<Result> CompareAsync(Process load, Dictionary<long, long> looks, Dictionary<(long, int), long> groups)
    {
        List<double> fromLook = [];
        List<double> fromGroup = [];
        long missed = 0;
        while (await load.StandardOutput.ReadLineAsync() is { } line && line != "END")
        {
            // slice, then pairs of number and time
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => long.Parse(part)).ToArray();
            HashSet<long> got = [];
            for (var i = 1; i + 1 < parts.Length; i += 2)
            {
                if (looks.TryGetValue(parts[i], out var look) && got.Add(parts[i]))
                {
                    fromLook.Add(Stopwatch.GetElapsedTime(look, parts[i + 1]).TotalMilliseconds);
                    fromGroup.Add(Stopwatch.GetElapsedTime(groups.GetValueOrDefault((parts[i], (int)parts[0]), look), parts[i + 1]).TotalMilliseconds);
                }
            }

            missed += looks.Count - got.Count;
        }

        return new(Percentiles(fromGroup), Percentiles(fromLook), fromLook.Count, missed, 0, 0, 0);
    }

    private static double[] Percentiles(List<double> values)
    {
        values.Sort();
        return [.. new[] { 0.5, 0.95, 0.99 }.Select(share => values.Count == 0 ? double.NaN : values[(int)Math.Min(values.Count - 1, share * values.Count)])];
    }

    private static Process Start(params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("fanout");
        foreach (var argument in args)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static async Task<string> ExpectAsync(Process process, string word)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(word, StringComparison.Ordinal))
            {
                return line[word.Length..].Trim();
            }
        }

        throw new InvalidOperationException($"A process ended before it said {word}.");
    }

    private static string? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
