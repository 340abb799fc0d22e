namespace OpsConsole.Benchmarks;

/// <summary>Times, ordered.</summary>
internal sealed class Quantiles
{
    private readonly double[] _ordered;

    private Quantiles(IEnumerable<double> milliseconds) => _ordered = [.. milliseconds.Order()];

    public double P99 => At(0.99);

    public double Median => At(0.5);

    public double Max => _ordered[^1];

    public static Quantiles Of(IEnumerable<double> milliseconds) => new(milliseconds);

    /// <summary>Prints a row of a table with the columns p50, p95, p99 and max.</summary>
    public Quantiles Show(string name)
    {
        Console.WriteLine($"| {name} | {Median:F1} | {At(0.95):F1} | {P99:F1} | {Max:F1} |");
        return this;
    }

    private double At(double share) => _ordered[Math.Max(0, (int)Math.Ceiling(share * _ordered.Length) - 1)];
}
