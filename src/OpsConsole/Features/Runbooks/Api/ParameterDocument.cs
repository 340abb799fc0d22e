using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Parameters;

namespace OpsConsole.Features.Runbooks.Api;

/// <summary>The shared parameters as the API writes them.</summary>
internal sealed record ParameterDocument(
    string Path,
    DateTimeOffset? ReadAt,
    string? Problem,
    string? Environment,
    Safeguards SafeguardDefaults,
    ImmutableSortedDictionary<string, string> Templates,
    ImmutableArray<ParameterReading> Parameters)
{
    public static ParameterDocument From(ParameterSnapshot snapshot) => new(
        snapshot.Path, snapshot.ReadAt, snapshot.Problem, snapshot.Environment, snapshot.SafeguardDefaults, snapshot.Templates, snapshot.Readings);
}
