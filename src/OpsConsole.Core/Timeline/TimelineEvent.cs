using System.Collections.Immutable;

namespace OpsConsole.Core.Timeline;

/// <summary>Something that people, automation or the world did, before it has its place in the timeline.</summary>
public sealed record TimelineEvent
{
    /// <summary>No further facts.</summary>
    public static ImmutableSortedDictionary<string, string> NoData { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Who did it: a person's or an API key's name, or <see cref="Actors"/>.</summary>
    public required string Actor { get; init; }

    /// <summary>What was done; one of <see cref="TimelineKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>What it was done to, e.g. <c>flag:ml-recommendations</c>; see <see cref="Subjects"/>.</summary>
    public required string Subject { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Further facts by name; numbers are written with the invariant culture. <c>service</c> names the service on whose charts it is marked.</summary>
    public ImmutableSortedDictionary<string, string> Data { get; init; } = NoData;

    /// <summary>The same event with one more fact.</summary>
    /// <param name="name">The fact's name, camelCase.</param>
    /// <param name="value">Its value; <see langword="null"/> leaves it out.</param>
    public TimelineEvent With(string name, string? value) =>
        value is null ? this : this with { Data = Data.SetItem(name, value) };
}

/// <summary>The actors that are not people.</summary>
public static class Actors
{
    /// <summary>The health gate of flags.</summary>
    public const string Gate = "health gate";

    /// <summary>The supervisor of runs.</summary>
    public const string Supervisor = "supervisor";

    /// <summary>The console itself.</summary>
    public const string Console = "console";

    /// <summary>Whoever changed the store itself, beside the console.</summary>
    public const string Outside = "outside";
}

/// <summary>How the subject of an event is written.</summary>
public static class Subjects
{
    /// <summary>A flag.</summary>
    public static string Flag(string key) => "flag:" + key;

    /// <summary>An experiment's definition.</summary>
    public static string Experiment(string id) => "experiment:" + id;

    /// <summary>A run.</summary>
    public static string Run(string id) => "run:" + id;

    /// <summary>An execution of a runbook.</summary>
    public static string Runbook(string id) => "runbook:" + id;

    /// <summary>A service.</summary>
    public static string Service(string name) => "service:" + name;

    /// <summary>An alarm of a health source.</summary>
    public static string Alarm(string name) => "alarm:" + name;

    /// <summary>The safety lever.</summary>
    public const string SafetyLever = "safety-lever";

    /// <summary>The console.</summary>
    public const string Console = "console";
}
