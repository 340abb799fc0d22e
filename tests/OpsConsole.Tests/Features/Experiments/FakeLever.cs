using OpsConsole.Core.Experiments;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>A second lever that others can move, and that can be out of reach.</summary>
internal sealed class FakeLever : ISecondLever
{
    public string Name => "AWS FIS";

    public bool Engaged { get; set; }

    public string Reason { get; set; } = "";

    public string? Problem { get; set; }

    /// <summary>Set: it can be read and not moved.</summary>
    public string? MoveProblem { get; set; }

    public List<string> Moves { get; } = [];

    public ValueTask<SecondLeverReading> ReadAsync(CancellationToken cancellationToken) =>
        new(Problem is null ? new SecondLeverReading(Engaged, Reason, null) : new SecondLeverReading(null, "", Problem));

    public ValueTask<SecondLeverReading> MoveAsync(bool engaged, string reason, CancellationToken cancellationToken)
    {
        if (MoveProblem is not null)
        {
            return new(new SecondLeverReading(null, "", MoveProblem));
        }

        if (Problem is null)
        {
            Moves.Add($"{engaged}: {reason}");
            (Engaged, Reason) = (engaged, reason);
        }

        return ReadAsync(cancellationToken);
    }
}
