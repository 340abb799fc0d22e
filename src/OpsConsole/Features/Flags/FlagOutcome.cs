using OpsConsole.Core.Flags;
using OpsConsole.Core.Records;

namespace OpsConsole.Features.Flags;

/// <summary>What became of a change of a flag.</summary>
internal abstract record FlagOutcome
{
    private FlagOutcome()
    {
    }

    /// <summary>It is on disk, together with its event; or there was nothing to change.</summary>
    public sealed record Saved(Stored<Flag> Flag) : FlagOutcome;

    /// <summary>It is served OFF, but the store cannot be written; the change is written as soon as it can be.</summary>
    public sealed record Ahead(Stored<Flag> Flag, PendingOff Off, string Problem) : FlagOutcome;

    /// <summary>Errors by member; nothing was written.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : FlagOutcome;

    /// <summary>Somebody else was there first; nothing was written.</summary>
    public sealed record Conflict(Stored<Flag>? Current) : FlagOutcome;

    /// <summary>It cannot be done as things are; one sentence that names the mend.</summary>
    public sealed record Refused(string Problem) : FlagOutcome;

    /// <summary>There is no such flag.</summary>
    public sealed record Unknown : FlagOutcome;

    public static Invalid Wrong(string member, string message) =>
        new(new Dictionary<string, string[]>(StringComparer.Ordinal) { [member] = [message] });
}
