namespace OpsConsole.Core.Experiments;

/// <summary>How a lever beside the console's own stands.</summary>
/// <param name="Engaged">Whether it is engaged, or on its way there; <see langword="null"/> if that is not known.</param>
/// <param name="Reason">Why, as whoever moved it last has said.</param>
/// <param name="Problem">Why it could not be read or moved; one sentence.</param>
public sealed record SecondLeverReading(bool? Engaged, string Reason, string? Problem);

/// <summary>
/// A safety lever beside the console's own, which others can move as well: that of AWS FIS. The two are kept as one. Nothing here throws
/// for a lever that cannot be reached: it is said with the answer.
/// </summary>
public interface ISecondLever
{
    /// <summary>Whose lever it is, e.g. <c>AWS FIS</c>.</summary>
    string Name { get; }

    /// <summary>How it stands.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<SecondLeverReading> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Moves it. Safe to repeat.</summary>
    /// <param name="engaged">Whether it shall be engaged.</param>
    /// <param name="reason">By whom and why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How it stands then.</returns>
    ValueTask<SecondLeverReading> MoveAsync(bool engaged, string reason, CancellationToken cancellationToken);
}
