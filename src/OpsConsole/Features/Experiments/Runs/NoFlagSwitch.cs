using OpsConsole.Core.Flags;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>Says that there are no flags, where the console is built without them.</summary>
internal sealed class NoFlagSwitch : IFlagSwitch
{
    public ValueTask<(bool Succeeded, string Detail)> TurnOffAsync(
        string key, string actor, string reason, CancellationToken cancellationToken) =>
        new((false, $"Flag {key} was not turned off: this console has no flags."));
}
