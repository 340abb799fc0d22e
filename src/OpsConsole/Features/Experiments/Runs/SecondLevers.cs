using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>How a second lever stands, as last heard.</summary>
/// <param name="Name">Whose lever it is.</param>
/// <param name="Reading">How it stands.</param>
internal sealed record SecondLeverState(string Name, SecondLeverReading Reading);

/// <summary>
/// Keeps the levers that others can move as well, that of AWS FIS, in one with the console's own. Level-triggered: an engaged lever engages the other,
/// whichever it is; the console's own never waits for the second.
/// </summary>
internal sealed partial class SecondLevers(
    IEnumerable<ISecondLever> levers, SafetyLevers own, Leadership leadership, TimeProvider time, ILogger<SecondLevers> logger)
{
    /// <summary>How often they are read.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);

    private readonly ImmutableArray<ISecondLever> _levers = [.. levers];
    private readonly Dictionary<string, int> _behind = new(StringComparer.Ordinal);
    private long? _lookedAt;

    /// <summary>Reads the levers, if that is due, and mends what differs. Only the leader mends.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (_levers.IsEmpty || (_lookedAt is { } at && time.GetElapsedTime(at) < Interval))
        {
            return;
        }

        _lookedAt = time.GetTimestamp();
        foreach (var lever in _levers)
        {
            var reading = await own.ReadSecondAsync(lever, cancellationToken);
            if (reading.Engaged is { } engaged && leadership.IsLeader)
            {
                await MendAsync(lever, engaged, reading.Reason, cancellationToken);
            }
        }
    }

    private async Task MendAsync(ISecondLever lever, bool engaged, string reason, CancellationToken cancellationToken)
    {
        await own.RefreshAsync();
        if (engaged == own.Now.Engaged || own.IsMoving)
        {
            _behind.Remove(lever.Name);
        }
        else if (engaged)
        {
            LogEngagedThere(logger, lever.Name, reason);
            await own.EngageAsync(lever.Name, reason.Length == 0 ? "It was engaged there; nobody said why." : reason);
        }
        else if ((_behind[lever.Name] = _behind.GetValueOrDefault(lever.Name) + 1) > 1)
        {
            // Not at the first difference: whoever disengages moves the second lever first.
            LogBehind(logger, lever.Name);
            await own.MoveSecondAsync(lever, engaged: true, SafetyLevers.ReasonFor(own.Now), cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The safety lever of {Name} was engaged there: {Reason}")]
    private static partial void LogEngagedThere(ILogger logger, string name, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The safety lever of {Name} is not engaged although the console's is; it is engaged again")]
    private static partial void LogBehind(ILogger logger, string name);
}
