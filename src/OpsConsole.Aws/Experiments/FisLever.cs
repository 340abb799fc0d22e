using Amazon.FIS;
using Amazon.FIS.Model;
using OpsConsole.Core.Experiments;
using FisSafetyLever = Amazon.FIS.Model.SafetyLever;

namespace OpsConsole.Aws.Experiments;

/// <summary>The safety lever of FIS: one for the account and Region.</summary>
internal sealed class FisLever(FisCalls calls) : ISecondLever
{
    private const int LongestReason = 500;

    public string Name => "AWS FIS";

    public async ValueTask<SecondLeverReading> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Reading(await calls.GetLeverAsync(cancellationToken));
        }
        catch (EngineUnavailableException exception)
        {
            return new(null, "", exception.Message);
        }
    }

    public async ValueTask<SecondLeverReading> MoveAsync(bool engaged, string reason, CancellationToken cancellationToken)
    {
        try
        {
            return Reading(await calls.MoveLeverAsync(engaged, reason.Length <= LongestReason ? reason : reason[..LongestReason], cancellationToken));
        }
        catch (EngineUnavailableException exception)
        {
            // FIS refuses to move a lever to where it stands: somebody else was quicker, or this is a repetition.
            return exception.InnerException is ConflictException or ValidationException
                && await ReadAsync(cancellationToken) is { Engaged: { } stands } reading
                && stands == engaged
                    ? reading
                    : new(null, "", exception.Message);
        }
    }

    private static SecondLeverReading Reading(FisSafetyLever lever) => lever.State?.Status?.Value switch
    {
        null => new(null, "", "FIS does not say how its safety lever stands."),
        var status when status == SafetyLeverStatus.Disengaged.Value => new(false, lever.State.Reason ?? "", null),
        var status when status == SafetyLeverStatus.Engaged.Value || status == SafetyLeverStatus.Engaging.Value => new(true, lever.State.Reason ?? "", null),
        var status => new(null, lever.State.Reason ?? "", $"FIS says that its safety lever is “{status}”, which this console does not know."),
    };
}
