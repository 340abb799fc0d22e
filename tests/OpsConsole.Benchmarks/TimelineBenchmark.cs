using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Core.Timeline;
using OpsConsole.Embedded.Records;

namespace OpsConsole.Benchmarks;

/// <summary>Appends a second, each on disk when it returns: one writer that waits for each, beside many at once.</summary>
internal static class TimelineBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        var directory = Directory.CreateTempSubdirectory("opsconsole-timeline-benchmark-").FullName;
        try
        {
            var feed = new TimelineFeed();
            await using var database = new RecordDatabase(
                RecordSchema.In(directory), new TimelinePublisher(feed), TimeProvider.System, NullLogger<RecordDatabase>.Instance);
            var timeline = new SqliteTimeline(database, feed);
            await AppendAsync(timeline, writers: 1, each: 200);
            Console.WriteLine("timeline: appends a second, synchronous=FULL");
            Console.WriteLine($"  one writer, one a commit   {await AppendAsync(timeline, writers: 1, each: 2000),10:N0}");
            Console.WriteLine($"  512 writers, in groups     {await AppendAsync(timeline, writers: 512, each: 80),10:N0}");
            var watch = Stopwatch.GetTimestamp();
            var chain = await timeline.VerifyAsync();
            Console.WriteLine($"  verify {chain.Entries:N0} entries: {Stopwatch.GetElapsedTime(watch).TotalMilliseconds:F0} ms, intact: {chain.Intact}");
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<double> AppendAsync(SqliteTimeline timeline, int writers, int each)
    {
        var watch = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var number = 0; number < each; number++)
            {
                await timeline.AppendAsync(new TimelineEvent
                {
                    Actor = "ana",
                    Kind = TimelineKinds.FlagFlippedOff,
                    Subject = Subjects.Flag("flag-" + writer),
                    Reason = "measured",
                });
            }
        })));
        return writers * each / Stopwatch.GetElapsedTime(watch).TotalSeconds;
    }
}
