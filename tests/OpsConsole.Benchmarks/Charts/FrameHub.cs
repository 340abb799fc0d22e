using System.Globalization;
using Microsoft.AspNetCore.SignalR;

namespace OpsConsole.Benchmarks.Charts;

/// <summary>A hub that takes what the console's takes.</summary>
internal sealed class FrameHub : Hub
{
    public Dictionary<string, object?> Watch(string[] services, long afterSequence)
    {
        _ = (services, afterSequence, Context);
        var at = TimeProvider.System.GetUtcNow();
        return new(StringComparer.Ordinal)
        {
            ["sequence"] = 0L,
            ["at"] = Write(at),
            ["services"] = Array.Empty<object>(),
            ["status"] = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["at"] = Write(at),
                ["flagsShed"] = 0,
                ["activeRuns"] = 0,
                ["leverEngaged"] = false,
                ["leverActor"] = "",
                ["leverReason"] = "",
                ["storeProblem"] = "",
                ["timelineSequence"] = 0L,
            },
        };
    }

    public static Dictionary<string, object?> Frame(string service, long sequence, DateTimeOffset at)
    {
        Dictionary<string, object?> frame = new(StringComparer.Ordinal)
        {
            ["sequence"] = sequence,
            ["at"] = Write(at),
            ["service"] = service,
            ["environment"] = "bench",
            ["freshness"] = "Fresh",
            ["ageSeconds"] = 0.2f,
            ["periodSeconds"] = 1f,
            ["errorRate"] = 0.5f,
            ["cpuUtilization"] = 20f,
            ["activeConnections"] = 10f,
            ["instances"] = 3,
        };
        foreach (var sign in ChartPages.Signs)
        {
            frame[sign] = (float)Value(service, sign, at.ToUnixTimeSeconds());
        }

        return frame;
    }

    /// <summary>The same noisy wave for history and frames.</summary>
    public static double Value(string service, string sign, long second)
    {
        var seed = service[1] + (sign[^1] * 3);
        var noise = ((second * 7919) + (seed * 104_729)) % 997 / 997d;
        return 60 + (30 * Math.Sin((second / 240d) + seed)) + (25 * noise);
    }

    private static string Write(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
