using OpsConsole.Core.Flags;

namespace OpsConsole.Features.Flags.Pages;

/// <summary>Stands between the page and its rows: hands each look to them, so that the page itself need not be rendered for it, and back what is pressed.</summary>
/// <param name="flip">Flips a flag.</param>
public sealed class FlagRows(Func<FlagView, Task> flip)
{
    private readonly Dictionary<string, FlagRow> _rows = new(StringComparer.Ordinal);
    private FlagSnapshot _snapshot = FlagSnapshot.Empty;

    /// <summary>Whether the person before the screen may flip flags.</summary>
    public bool MayFlip { get; set; }

    /// <summary>Takes a row on.</summary>
    /// <returns>What it shows first.</returns>
    public FlagView Add(FlagRow row)
    {
        _rows[row.Key] = row;
        return _snapshot.Flags[row.Key];
    }

    public void Remove(FlagRow row) => _rows.Remove(row.Key);

    public Task FlipAsync(FlagView view) => flip(view);

    /// <summary>The look that rows show which come from now on.</summary>
    public void Prepare(FlagSnapshot snapshot) => _snapshot = snapshot;

    public void Show(FlagSnapshot snapshot)
    {
        foreach (var (key, row) in _rows.ToArray())
        {
            if (snapshot.Flags.TryGetValue(key, out var view))
            {
                row.Show(view);
            }
        }
    }
}
