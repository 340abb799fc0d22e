using OpsConsole.Core.Live;

namespace OpsConsole.Core.Records;

/// <summary>What keeps a store from doing all that it should.</summary>
public enum StoreTrouble
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It refuses requests because there are too many.</summary>
    Throttled,

    /// <summary>The console lacks a permission.</summary>
    Denied,

    /// <summary>The console cannot prove who it is.</summary>
    NoCredentials,

    /// <summary>What the console needs in it is missing or of another shape.</summary>
    Unfit,

    /// <summary>It cannot be reached, or answers with errors.</summary>
    Unreachable,
}

/// <summary>How a store is.</summary>
/// <param name="Trouble">What is wrong, if anything is.</param>
/// <param name="Sentence">What is wrong and what to do, for operators; empty if nothing is.</param>
/// <param name="Since">Since when, in UTC.</param>
public sealed record StoreCondition(StoreTrouble Trouble, string Sentence, DateTimeOffset Since)
{
    private static readonly TimeSpan Passing = TimeSpan.FromSeconds(5);

    /// <summary>Nothing is wrong.</summary>
    public static StoreCondition Well { get; } = new(StoreTrouble.None, "", DateTimeOffset.UnixEpoch);

    /// <summary>Whether something is wrong for so long that it is told to everybody: five seconds.</summary>
    /// <param name="now">The time.</param>
    public bool Lasts(DateTimeOffset now) => Trouble is not StoreTrouble.None && now - Since >= Passing;
}

/// <summary>Tells how the store is. A store that is silent about it stays well here and throws <see cref="StoreUnavailableException"/>.</summary>
public sealed class StoreConditionFeed() : LiveFeed<StoreCondition>(StoreCondition.Well);
