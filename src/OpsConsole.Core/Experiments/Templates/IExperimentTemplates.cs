using System.Collections.Immutable;

namespace OpsConsole.Core.Experiments.Templates;

/// <summary>The templates that an engine in the cloud has.</summary>
/// <param name="Templates">By id; what is known if they cannot be read now.</param>
/// <param name="Problem">Why they cannot be read now; one sentence.</param>
public sealed record TemplateList(ImmutableArray<ExperimentTemplate> Templates, string? Problem);

/// <summary>One template as far as it is known.</summary>
/// <param name="Template">The template, if it is known.</param>
/// <param name="Problem">Why it is not, or why it may be out of date; one sentence.</param>
public sealed record TemplateReading(ExperimentTemplate? Template, string? Problem);

/// <summary>The templates of an engine in the cloud. Nothing here throws for an engine that cannot be reached: it is said with the answer.</summary>
public interface IExperimentTemplates
{
    /// <summary>Whose templates they are, e.g. <c>AWS FIS</c>.</summary>
    string Name { get; }

    /// <summary>Every template, as read within the last minute.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<TemplateList> ListAsync(CancellationToken cancellationToken);

    /// <summary>One template, as read within the last seconds.</summary>
    /// <param name="id">The engine's id of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<TemplateReading> ReadAsync(string id, CancellationToken cancellationToken);

    /// <summary>Starts the template so that its targets are resolved and nothing is done to them, and follows it to its end.</summary>
    /// <param name="dryRun">What was asked for; its <see cref="DryRun.Token"/> makes a repetition harmless.</param>
    /// <param name="progress">Told of each state on the way.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The dry run with what came of it.</returns>
    ValueTask<DryRun> DryRunAsync(DryRun dryRun, Action<DryRun> progress, CancellationToken cancellationToken);
}
