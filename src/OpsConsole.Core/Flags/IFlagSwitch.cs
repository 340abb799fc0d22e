namespace OpsConsole.Core.Flags;

/// <summary>Turns flags off for other features: rollback actions, bulk shedding.</summary>
public interface IFlagSwitch
{
    /// <summary>Sets a flag's intent OFF. A flag that is OFF already is a success.</summary>
    /// <param name="key">The flag's key.</param>
    /// <param name="actor">On whose behalf.</param>
    /// <param name="reason">Why; goes to the timeline.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was done, or why it was not; one sentence each.</returns>
    ValueTask<(bool Succeeded, string Detail)> TurnOffAsync(
        string key, string actor, string reason, CancellationToken cancellationToken);
}
