using System.Runtime.InteropServices;

namespace OpsConsole.Core.Experiments;

/// <summary>An interval with its point estimate.</summary>
/// <param name="Low">The low end.</param>
/// <param name="Estimate">The estimate.</param>
/// <param name="High">The high end.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Interval(double Low, double Estimate, double High);

/// <summary>The statistics by which runs are judged. They make no assumption of a normal distribution.</summary>
public static class Statistics
{
    /// <summary>The 97.5 % quantile of the normal distribution: two-sided intervals of 95 %.</summary>
    public const double Z95 = 1.959963984540054;

    /// <summary>The median of sorted values.</summary>
    /// <param name="sorted">Values in ascending order; at least one.</param>
    public static double MedianOfSorted(ReadOnlySpan<double> sorted)
    {
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>
    /// How far <paramref name="after"/> lies above <paramref name="before"/>: the Hodges–Lehmann estimate, which is the median of all
    /// m·n differences, and the interval that belongs to the Mann–Whitney test, from the k-th smallest to the k-th largest difference
    /// with <c>k = ⌊mn/2 − z·√(mn(m+n+1)/12)⌋</c>.
    /// </summary>
    /// <remarks>
    /// J. L. Hodges, E. L. Lehmann, “Estimates of Location Based on Rank Tests”, Annals of Mathematical Statistics 34 (1963) 598–611;
    /// M. Hollander, D. A. Wolfe, “Nonparametric Statistical Methods” (2nd ed. 1999), section 4.3, for the interval by the normal approximation.
    /// </remarks>
    /// <param name="before">At least one value.</param>
    /// <param name="after">At least one value.</param>
    /// <param name="z">The normal quantile of the wanted confidence.</param>
    public static Interval Shift(IReadOnlyList<double> before, IReadOnlyList<double> after, double z = Z95)
    {
        var differences = new double[before.Count * after.Count];
        var next = 0;
        foreach (var later in after)
        {
            foreach (var earlier in before)
            {
                differences[next++] = later - earlier;
            }
        }

        Array.Sort(differences);
        double m = before.Count;
        double n = after.Count;
        var k = (int)Math.Floor((m * n / 2) - (z * Math.Sqrt(m * n * (m + n + 1) / 12)));
        var rank = Math.Clamp(k, 1, (differences.Length + 1) / 2);
        return new(differences[rank - 1], MedianOfSorted(differences), differences[^rank]);
    }

    /// <summary>The Wilson score interval of a proportion.</summary>
    /// <remarks>
    /// E. B. Wilson, “Probable Inference, the Law of Succession, and Statistical Inference”, Journal of the American Statistical Association
    /// 22 (1927) 209–212.
    /// </remarks>
    /// <param name="hits">How often it happened.</param>
    /// <param name="tries">How often it could have; at least 1.</param>
    /// <param name="z">The normal quantile of the wanted confidence.</param>
    public static Interval Wilson(long hits, long tries, double z = Z95)
    {
        double n = tries;
        var p = hits / n;
        var middle = (p + (z * z / (2 * n))) / (1 + (z * z / n));
        var half = z / (1 + (z * z / n)) * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        return new(Math.Max(0, middle - half), p, Math.Min(1, middle + half));
    }

    /// <summary>
    /// How far one proportion lies above another: the hybrid score interval from the two Wilson intervals (method 10, without continuity
    /// correction).
    /// </summary>
    /// <remarks>
    /// R. G. Newcombe, “Interval estimation for the difference between independent proportions: comparison of eleven methods”,
    /// Statistics in Medicine 17 (1998) 873–890.
    /// </remarks>
    /// <param name="hitsBefore">How often it happened before.</param>
    /// <param name="triesBefore">How often it could have before; at least 1.</param>
    /// <param name="hitsAfter">How often it happened after.</param>
    /// <param name="triesAfter">How often it could have after; at least 1.</param>
    /// <param name="z">The normal quantile of the wanted confidence.</param>
    public static Interval Rise(long hitsBefore, long triesBefore, long hitsAfter, long triesAfter, double z = Z95)
    {
        var before = Wilson(hitsBefore, triesBefore, z);
        var after = Wilson(hitsAfter, triesAfter, z);
        var rise = after.Estimate - before.Estimate;
        return new(
            rise - Math.Sqrt(Square(after.Estimate - after.Low) + Square(before.High - before.Estimate)),
            rise,
            rise + Math.Sqrt(Square(after.High - after.Estimate) + Square(before.Estimate - before.Low)));
    }

    private static double Square(double value) => value * value;
}
