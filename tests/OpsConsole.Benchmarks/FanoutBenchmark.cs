namespace OpsConsole.Benchmarks;

/// <summary>
/// One look a second to thousands of viewers over raw WebSockets, beside a bare WebSocket broadcast of the same bytes. The server and
/// the viewers of each have processes of their own; this one reads what they print.
/// </summary>
internal static class FanoutBenchmark
{
    private const int WarmUp = 10;
    private const int LooksATurn = 5;

    public static async Task<int> RunAsync(string[] args)
    {
        var looks = int.Parse(Option(args, "--looks") ?? "20");
        if (int.Parse(Option(args, "--stalled") ?? "0") is > 0 and var stalled)
        {
            // Frames are large and many here: a reader who has stopped fills the kernel's buffers within seconds.
            var viewers = int.Parse(Option(args, "--viewers") ?? "200");
            using var hub = await FanoutPair.StartAsync("hub", viewers, stalled, services: 60, rate: 20);
            await hub.LookAsync(looks * 20);
            var result = await hub.EndAsync();
            Console.WriteLine($"{viewers} viewers, {stalled} % of them do not read, {result.Busy} passed over at the end: the others "
                + $"got {result.Messages} frames and missed {result.Missed}; p99 {result.FromGroup[2]:F1} ms; {result.KilobytesAViewer:F0} kB a viewer");
            return result.Missed == 0 && result.Busy > 0 ? 0 : 1;
        }

        foreach (var viewers in (Option(args, "--viewers") ?? "5000,10000").Split(',').Select(int.Parse))
        {
            // Both are there all the time and are measured in turns: what else the machine does then meets both alike.
            using var bare = await FanoutPair.StartAsync("bare", viewers, 0, services: 3, rate: 1);
            using var hub = await FanoutPair.StartAsync("hub", viewers, 0, services: 3, rate: 1);
            await bare.LookAsync(WarmUp, counts: false);
            await hub.LookAsync(WarmUp, counts: false);
            for (var look = 0; look < looks; look += LooksATurn)
            {
                await bare.LookAsync(LooksATurn);
                await hub.LookAsync(LooksATurn);
            }

            Compare(viewers, looks, await bare.EndAsync(), await hub.EndAsync());
        }

        return 0;
    }

    private static void Compare(int viewers, int looks, FanoutResult bare, FanoutResult hub)
    {
        Console.WriteLine($"{viewers} viewers, {looks} looks          p50     p95     p99 ms   CPU/message   kB a viewer   missed");
        Print("bare WebSocket broadcast", bare.FromLook, bare);
        Print("hub, from its group's start", hub.FromGroup, hub);
        Print("hub, from the look", hub.FromLook, hub);
        Console.WriteLine($"  p99 {hub.FromGroup[2] / bare.FromLook[2]:F2} x the bare one ({hub.FromLook[2] / bare.FromLook[2]:F2} x from the look), "
            + $"CPU a message {hub.CpuMicroseconds / bare.CpuMicroseconds:F2} x");
    }

    private static void Print(string name, double[] latency, FanoutResult result) => Console.WriteLine(
        $"  {name,-28}{latency[0],8:F1}{latency[1],8:F1}{latency[2],8:F1}{result.CpuMicroseconds,10:F1} us{result.KilobytesAViewer,13:F1}{result.Missed,10}");

    private static string? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
