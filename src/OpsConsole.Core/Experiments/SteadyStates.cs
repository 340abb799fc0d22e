using OpsConsole.Core.Health;

namespace OpsConsole.Core.Experiments;

/// <summary>Sums up the samples of a time.</summary>
public static class SteadyStates
{
    /// <summary>The medians of the signs, and the error rate from the counts.</summary>
    /// <param name="samples">The samples that are evidence, oldest first.</param>
    /// <returns><see langword="null"/> if there is none.</returns>
    public static SteadyState? Of(IReadOnlyCollection<Sample> samples)
    {
        var evidence = samples.Where(sample => sample.At is not null).ToList();
        if (evidence.Count == 0)
        {
            return null;
        }

        var requests = evidence.Sum(sample => sample.Requests);
        var errors = evidence.Sum(sample => sample.Errors);
        Span<double?> medians = new double?[VitalSignCatalog.All.Length];
        for (var sign = 0; sign < medians.Length; sign++)
        {
            medians[sign] = Median(evidence.Select(sample => sample.Signs[(VitalSign)sign]));
        }

        if (requests > 0)
        {
            medians[(int)VitalSign.ErrorRate] = 100.0 * errors / requests;
        }

        return new SteadyState(
            evidence[0].At!.Value, evidence[^1].At!.Value, evidence.Count, requests, errors, VitalSigns.From(medians));
    }

    private static double? Median(IEnumerable<double?> values)
    {
        var known = values.Where(value => value is not null).Select(value => value!.Value).Order().ToArray();
        return known.Length == 0 ? null : Statistics.MedianOfSorted(known);
    }
}
