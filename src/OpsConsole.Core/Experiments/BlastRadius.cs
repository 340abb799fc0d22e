using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace OpsConsole.Core.Experiments;

/// <summary>Which instances the faults of a run touch.</summary>
public static class BlastRadius
{
    /// <summary>
    /// Every fault at every instance. Instances are drawn by a hash of the run and their name: differently in each run, the same for
    /// every fault of one run, so a run that touches two of ten instances never touches more.
    /// </summary>
    /// <param name="experiment">The definition.</param>
    /// <param name="runId">The run.</param>
    /// <param name="targets">The instances that there are; only connected ones are drawn.</param>
    public static ImmutableArray<PlannedFault> Plan(Experiment experiment, string runId, IEnumerable<FaultTarget> targets)
    {
        var drawn = targets
            .Where(target => target.Connected)
            .Select(target => target.Name)
            .OrderBy(name => Draw(runId, name))
            .ThenBy(name => name, StringComparer.Ordinal)
            .ToList();
        return
        [
            .. experiment.Faults.SelectMany((spec, index) => drawn
                .Take(spec.Instances ?? int.MaxValue)
                .Select(name => new PlannedFault($"{runId}.{index + 1}.{name}", name, spec))),
        ];
    }

    /// <summary>How many distinct instances an experiment may touch.</summary>
    /// <param name="experiment">The definition.</param>
    /// <param name="connected">How many instances are connected.</param>
    public static int Width(Experiment experiment, int connected) =>
        experiment.Faults.IsDefaultOrEmpty ? 0 : experiment.Faults.Max(fault => Math.Min(fault.Instances ?? int.MaxValue, connected));

    private static uint Draw(string runId, string name) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(runId + "\n" + name)));
}
