namespace OpsConsole.Client;

/// <summary>Who asks for a flag.</summary>
/// <param name="TargetingKey">Whom a percentage is decided for, e.g. a customer's number; <see langword="null"/> for nobody in particular.</param>
public readonly record struct FlagContext(string? TargetingKey);

/// <summary>
/// The flags as the console serves them, read from a local snapshot. A flag that is unknown is OFF. A flag that is ON because health
/// allows it goes OFF when the console has not renewed that permission for its lease; any other flag keeps its last known value.
/// Nothing here throws because of the console.
/// </summary>
public interface IFlags
{
    /// <summary>Whether the flag is served. Waits only before the console's first answer, and not for long.</summary>
    /// <param name="key">The flag's key.</param>
    /// <param name="context">Who asks.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<bool> IsEnabledAsync(string key, FlagContext context = default, CancellationToken cancellationToken = default);

    /// <summary>Whether the flag is served to nobody in particular; OFF if a percentage has a say. Allocates nothing.</summary>
    /// <param name="key">The flag's key.</param>
    bool IsEnabled(string key);

    /// <summary>Whether the flag is served to somebody. Allocates nothing.</summary>
    /// <param name="key">The flag's key.</param>
    /// <param name="targetingKey">Whom a percentage is decided for.</param>
    bool IsEnabled(string key, string targetingKey);

    /// <summary>A handle for the quickest reads: keep it, and ask it as often as needed. It follows the flag, also one that is created later.</summary>
    /// <param name="key">The flag's key.</param>
    FlagHandle Handle(string key);

    /// <summary>How things stand with the console.</summary>
    FlagsStatus Status { get; }

    /// <summary>Raised after the flags or <see cref="Status"/> have changed, on a thread of the client. A handler that throws is logged and has no other effect.</summary>
    event EventHandler? Changed;
}

/// <summary>How things stand with the console.</summary>
/// <param name="Connected">Whether changes are streamed now.</param>
/// <param name="Version">The version of the flags that are known; 0 before the first answer.</param>
/// <param name="LeaseRemaining">How long flags that rest on health may still be served; zero when that has run out.</param>
/// <param name="Problem">Why the console cannot be followed; <see langword="null"/> when it can.</param>
public readonly record struct FlagsStatus(bool Connected, long Version, TimeSpan LeaseRemaining, string? Problem);
