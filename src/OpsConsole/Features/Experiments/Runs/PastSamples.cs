using OpsConsole.Core.Health;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>Makes samples of the seconds that the history kept.</summary>
internal static class PastSamples
{
    /// <summary>
    /// The seconds with evidence, oldest first. The history keeps rates and no counts: requests are the throughput over the step, errors the
    /// error rate of them, each rounded so that the sums are right.
    /// </summary>
    public static IReadOnlyList<Sample> Of(HistoryWindow window)
    {
        var samples = new List<Sample>();
        var signs = new double?[VitalSignCatalog.All.Length];
        double requests = 0;
        double errors = 0;
        for (var bucket = 0; bucket < window.Count; bucket++)
        {
            Array.Clear(signs);
            foreach (var series in window.Series)
            {
                signs[(int)series.Sign] = float.IsNaN(series.Mean[bucket]) ? null : series.Mean[bucket];
            }

            if (Array.TrueForAll(signs, sign => sign is null))
            {
                continue;
            }

            var vital = VitalSigns.From(signs);
            var come = (vital.Throughput ?? 0) * window.Step.TotalSeconds;
            var failed = come * (vital.ErrorRate ?? 0) / 100;
            samples.Add(new Sample
            {
                Service = window.Service,
                Environment = "",
                At = window.From + (window.Step * bucket),
                Freshness = Freshness.Fresh,
                Signs = vital,
                Requests = Step(ref requests, come),
                Errors = Step(ref errors, failed),
            });
        }

        return samples;
    }

    private static long Step(ref double sum, double more)
    {
        var before = (long)Math.Round(sum);
        sum += more;
        return (long)Math.Round(sum) - before;
    }
}
