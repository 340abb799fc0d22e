using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace OpsConsole.Client;

/// <summary>Decides which requests a fault strikes and how long each waits.</summary>
internal sealed class FaultDice(IOptions<FaultAgentOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(options.Value.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>True for this share of the throws, in percent.</summary>
    public bool Falls(double share) => share >= 100 || (Next() * 100) < share;

    /// <summary>Evenly within <paramref name="spread"/> either way of <paramref name="middle"/>.</summary>
    public double Around(double middle, double spread) => spread <= 0 ? middle : middle + (((Next() * 2) - 1) * spread);

    /// <summary>From 0 to 1.</summary>
    public double Next()
    {
        lock (_gate)
        {
            return _random.NextDouble();
        }
    }
}
