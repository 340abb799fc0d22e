using System.Collections.Immutable;

namespace OpsConsole.Core.Replicas;

/// <summary>Something in the shared store was changed by another replica.</summary>
/// <param name="Kind">The kind of record, or <see cref="ChangeHints.Timeline"/>.</param>
/// <param name="Id">The record's key; empty for the timeline.</param>
public sealed record ChangeHint(string Kind, string Id);

/// <summary>
/// Wakes whoever looks at the shared store from time to time when there is something to see. A hint may be lost, late or come twice: it is
/// never the truth, and everybody looks without one as well.
/// </summary>
public sealed class ChangeHints
{
    /// <summary>The kind of a hint that the timeline has grown.</summary>
    public const string Timeline = "timeline";

    private ImmutableArray<(string Kind, Action<ChangeHint> Wake)> _listeners = [];

    /// <summary>Calls back, on any thread, with each hint of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="wake">What to do; it must be quick and must not throw.</param>
    public void Listen(string kind, Action<ChangeHint> wake) =>
        ImmutableInterlocked.Update(ref _listeners, static (listeners, added) => listeners.Add(added), (kind, wake));

    /// <summary>Passes a hint on.</summary>
    /// <param name="hint">The hint.</param>
    public void Raise(ChangeHint hint)
    {
        foreach (var (kind, wake) in _listeners)
        {
            if (kind == hint.Kind)
            {
                wake(hint);
            }
        }
    }
}
