using System.Collections.Concurrent;
using System.Net.Http.Json;
using OpsConsole.AdapterTests.Hosting;

namespace OpsConsole.Benchmarks.Operators;

/// <summary>
/// From a look to viewers of the built console: while nobody else comes, and while a hundred operators open the flags page, each with its files, a day of
/// history, the hub and a circuit. The reference is the quiet time of the same run.
/// </summary>
internal static class OperatorsBenchmark
{
    private const int Viewers = 50, Starts = 100, FlagsShown = 50, Seconds = 20;
    private const string Service = "shop";

    public static async Task<int> RunAsync()
    {
        var directory = Directory.CreateTempSubdirectory("opsconsole-operators-");
        try
        {
            await using var console = await BuiltConsole.StartAsync(directory.FullName, "admin", [], new Dictionary<string, string>(StringComparer.Ordinal));
            for (var flag = 0; flag < FlagsShown; flag++)
            {
                using var put = await console.Http.PutAsJsonAsync($"/api/v1/flags/flag-{flag:D2}", new { enabled = false });
                put.EnsureSuccessStatusCode();
            }

            await using var shop = new SteadyShop(console.Http, Service);
            var viewers = new List<FrameViewer>();
            for (var viewer = 0; viewer < Viewers; viewer++)
            {
                viewers.Add(await FrameViewer.StartAsync(console.Address, Service));
            }

            await PauseAsync(5);
            await Operator.StartAsync(console.Address, Service);
            foreach (var viewer in viewers)
            {
                viewer.Take();
            }

            await PauseAsync(Seconds);
            var quiet = viewers.ConvertAll(viewer => viewer.Take());
            var starts = new ConcurrentBag<double>();
            await Task.WhenAll(Enumerable.Range(0, Starts).Select(async number =>
            {
                await Task.Delay(TimeSpan.FromSeconds(number * (double)Seconds / Starts), TimeProvider.System);
                starts.Add(await Operator.StartAsync(console.Address, Service));
            }));
            var busy = viewers.ConvertAll(viewer => viewer.Take());

            Console.WriteLine($"| look to {Viewers} viewers | p50 ms | p95 ms | p99 ms | max ms |");
            Console.WriteLine("|---|---|---|---|---|");
            var before = Quantiles.Of(quiet.SelectMany(frames => frames.Latencies)).Show("nobody starts");
            var during = Quantiles.Of(busy.SelectMany(frames => frames.Latencies)).Show($"{Starts} operators start within {Seconds} s");
            Quantiles.Of(starts).Show("an operator's start, with its circuit");
            Console.WriteLine($"p99 {during.P99 / before.P99:F2} x the quiet one; {quiet.Concat(busy).Sum(frames => frames.Missed)} frames missed");
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static Task PauseAsync(int seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
}
