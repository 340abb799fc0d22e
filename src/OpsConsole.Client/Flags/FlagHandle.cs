using OpsConsole.Core.Flags.Evaluation;

namespace OpsConsole.Client;

/// <summary>One flag, held for the quickest reads.</summary>
public sealed class FlagHandle
{
    private readonly FlagStore _store;
    private FlagRule? _rule;
    private bool _plainOn;

    internal FlagHandle(FlagStore store, string key)
    {
        _store = store;
        Key = key;
    }

    /// <summary>The flag's key.</summary>
    public string Key { get; }

    /// <summary>Whether the flag is served to nobody in particular. Allocates nothing.</summary>
    public bool IsEnabled() => Volatile.Read(ref _plainOn) || _store.Decide(Volatile.Read(ref _rule), targetingKey: null).Served;

    /// <summary>Whether the flag is served to somebody. Allocates nothing.</summary>
    /// <param name="targetingKey">Whom a percentage is decided for.</param>
    public bool IsEnabled(string targetingKey) => _store.Decide(Volatile.Read(ref _rule), targetingKey).Served;

    internal void Follow(FlagRule? rule)
    {
        Volatile.Write(ref _rule, rule);
        Volatile.Write(ref _plainOn, rule is { AlwaysOn: true });
    }
}
