using System.Diagnostics;

namespace OpsConsole.Benchmarks;

/// <summary>What one server and its viewers came to; times in milliseconds, as median, p95 and p99.</summary>
internal sealed record FanoutResult(double[] FromGroup, double[] FromLook, long Messages, long Missed)
{
    public double CpuMicroseconds { get; init; }

    public double KilobytesAViewer { get; init; }

    public int Busy { get; init; }
}

/// <summary>A server and its viewers, each in a process of its own.</summary>
internal sealed class FanoutPair(Process server, Process load, int viewers) : IDisposable
{
    public static async Task<FanoutPair> StartAsync(string kind, int viewers, int stalledPercent, int services, int rate)
    {
        var server = Start("fanout-server", kind, $"{services}", $"{rate}");
        var address = await ExpectAsync(server, "ADDRESS");
        var load = Start("fanout-load", kind, address, $"{viewers}", $"{stalledPercent}");
        await ExpectAsync(load, "CONNECTED");
        return new FanoutPair(server, load, viewers);
    }

    /// <summary>Has so many looks sent, and waits until they are.</summary>
    public async Task LookAsync(int looks, bool counts = true)
    {
        await server.StandardInput.WriteLineAsync($"{(counts ? "look" : "warm")} {looks}");
        await ExpectAsync(server, "LOOKED");
    }

    public async Task<FanoutResult> EndAsync()
    {
        await server.StandardInput.WriteLineAsync("summary");
        var summary = (await ExpectAsync(server, "SUMMARY")).Split(' ');
        var (looks, groups) = await ReadTimesAsync();
        await load.StandardInput.WriteLineAsync("stop");
        var result = await CompareAsync(looks, groups);
        server.StandardInput.Close();
        await Task.WhenAll(server.WaitForExitAsync(), load.WaitForExitAsync());
        return result with
        {
            CpuMicroseconds = double.Parse(summary[0]) / Math.Max(1, result.Messages),
            KilobytesAViewer = double.Parse(summary[1]) / viewers,
            Busy = int.Parse(summary[2]),
        };
    }

    public void Dispose()
    {
        foreach (var process in (Process[])[server, load])
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }
    }

    private async Task<(Dictionary<long, long> Looks, Dictionary<(long, int), long> Groups)> ReadTimesAsync()
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

    private async Task<FanoutResult> CompareAsync(Dictionary<long, long> looks, Dictionary<(long, int), long> groups)
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

        return new(Percentiles(fromGroup), Percentiles(fromLook), fromLook.Count, missed);
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
}
