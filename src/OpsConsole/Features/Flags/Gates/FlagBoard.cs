using OpsConsole.Core.Flags;
using OpsConsole.Core.Flags.Evaluation;

namespace OpsConsole.Features.Flags.Gates;

/// <summary>The decisions about every flag at one look, with the rules by which they were made.</summary>
/// <param name="Snapshot">What is published.</param>
/// <param name="Rules">What decides for a targeting key.</param>
/// <param name="DecidedAt">When, on the monotonic clock.</param>
internal sealed record FlagBoard(FlagSnapshot Snapshot, FlagRuleBook Rules, long DecidedAt)
{
    public static FlagBoard Empty { get; } = new(FlagSnapshot.Empty, FlagRuleBook.Empty, 0);
}
