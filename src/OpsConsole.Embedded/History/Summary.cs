using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OpsConsole.Embedded.History;

/// <summary>Smallest and largest value, sum and count of what is evidence in a stretch of values.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Summary(float Min, float Max, double Sum, int Count)
{
    public static Summary None { get; } = new(float.PositiveInfinity, float.NegativeInfinity, 0, 0);

    /// <summary>
    /// Several values at a time: what is not a number differs from itself and is masked out. Optimized from its first call on:
    /// as the quick compiler leaves it, every operation on a vector is a call, and a day is answered ten times slower.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Summary Of(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var min = new Vector<float>(float.PositiveInfinity);
        var max = new Vector<float>(float.NegativeInfinity);
        var sum = Vector<float>.Zero;
        var count = Vector<int>.Zero;
        var infinite = min;
        foreach (var vector in vectors)
        {
            var known = Vector.Equals(vector, vector);
            min = Vector.Min(min, Vector.ConditionalSelect(known, vector, infinite));
            max = Vector.Max(max, Vector.ConditionalSelect(known, vector, -infinite));
            sum += Vector.ConditionalSelect(known, vector, Vector<float>.Zero);
            count -= known;
        }

        var summary = None;
        if (vectors.Length > 0)
        {
            var (least, most) = (min[0], max[0]);
            for (var lane = 1; lane < Vector<float>.Count; lane++)
            {
                least = min[lane] < least ? min[lane] : least;
                most = max[lane] > most ? max[lane] : most;
            }

            summary = new Summary(least, most, Vector.Sum(sum), Vector.Sum(count));
        }

        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            if (!float.IsNaN(value))
            {
                summary += new Summary(value, value, value, 1);
            }
        }

        return summary;
    }

    public static Summary operator +(Summary left, Summary right) => new(
        Math.Min(left.Min, right.Min), Math.Max(left.Max, right.Max), left.Sum + right.Sum, left.Count + right.Count);
}
