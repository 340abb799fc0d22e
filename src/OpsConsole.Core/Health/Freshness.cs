namespace OpsConsole.Core.Health;

/// <summary>Whether a figure may still be believed.</summary>
public enum Freshness
{
    /// <summary>Nothing was ever heard of it.</summary>
    Unknown,

    /// <summary>Heard of within the time in which it is expected.</summary>
    Fresh,

    /// <summary>Overdue, but still evidence.</summary>
    Late,

    /// <summary>So old that it is no evidence any more.</summary>
    Stale,

    /// <summary>Its source answers with an error.</summary>
    Failed,
}
