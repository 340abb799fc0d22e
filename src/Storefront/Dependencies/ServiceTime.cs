namespace Storefront.Dependencies;

/// <summary>How long a dependency takes: log-normal, as services do, from a seed.</summary>
internal sealed class ServiceTime(double medianMs, double sigma, int seed, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);

    public Task PassAsync(CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(Next()), time, cancellationToken);

    /// <summary>In milliseconds; at most eight times the median.</summary>
    public double Next()
    {
        lock (_gate)
        {
            // Box and Muller: a normal number from two even ones.
            var normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
            return Math.Min(medianMs * Math.Exp(sigma * normal), medianMs * 8);
        }
    }
}
