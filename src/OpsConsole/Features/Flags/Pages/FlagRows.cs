using OpsConsole.Core.Flags;

namespace OpsConsole.Features.Flags.Pages;

/// <summary>Hands each look to the rows, so that the page itself need not be rendered for it.</summary>
public sealed class FlagRows
{
    private readonly Dictionary<string, Action<FlagView>> _rows = new(StringComparer.Ordinal);

    public void Add(string key, Action<FlagView> show) => _rows[key] = show;

    public void Remove(string key) => _rows.Remove(key);

    public void Show(FlagSnapshot snapshot)
    {
        foreach (var (key, show) in _rows.ToArray())
        {
            if (snapshot.Flags.TryGetValue(key, out var view))
            {
                show(view);
            }
        }
    }
}
