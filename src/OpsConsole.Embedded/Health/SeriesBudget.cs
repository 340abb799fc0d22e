namespace OpsConsole.Embedded;

/// <summary>How many series may still be kept: of a service, and with that of all of them.</summary>
/// <param name="most">How many.</param>
/// <param name="full">What to say to whoever comes too late.</param>
/// <param name="whole">The budget that this one is a part of.</param>
internal sealed class SeriesBudget(int most, string full, SeriesBudget? whole = null)
{
    private int _kept;

    /// <summary>Why there is no room; of the tighter budget.</summary>
    public string Problem => _kept < most && whole is not null ? whole.Problem : full;

    public bool TryAdd()
    {
        if (_kept >= most || whole?.TryAdd() == false)
        {
            return false;
        }

        _kept++;
        return true;
    }

    public void Remove(int count)
    {
        _kept -= count;
        whole?.Remove(count);
    }
}
