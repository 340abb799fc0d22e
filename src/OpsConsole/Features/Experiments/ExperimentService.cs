using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments;

/// <summary>What became of a change of a definition.</summary>
internal abstract record ExperimentOutcome
{
    private ExperimentOutcome()
    {
    }

    /// <summary>It is on disk.</summary>
    public sealed record Saved(Stored<Experiment> Record) : ExperimentOutcome;

    /// <summary>Somebody else was there first.</summary>
    public sealed record Conflict(Stored<Experiment>? Current) : ExperimentOutcome;

    /// <summary>It is not a definition that could be run.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : ExperimentOutcome;

    /// <summary>It cannot be changed.</summary>
    public sealed record Refused(string Why) : ExperimentOutcome;

    /// <summary>There is no such definition.</summary>
    public sealed record Unknown : ExperimentOutcome;
}

/// <summary>
/// The definitions: those that came with the console, at revision 0, those in the store, and one for each template of an engine in the cloud, at
/// revision 0 as well. What is run is the definition with the template that shared parameters map to it.
/// </summary>
internal sealed class ExperimentService(IRecordStore store, TemplateMapping mapping, IExperimentTemplates? templates = null)
{
    /// <summary>Every definition as it is written.</summary>
    public async Task<IReadOnlyList<Stored<Experiment>>> ListAsync(CancellationToken cancellationToken)
    {
        var own = await store.ListAsync(ExperimentRecords.Experiments, cancellationToken);
        var fixedOnes = BuiltInExperiments.All.AddRange((await TemplatesAsync(cancellationToken)).Templates.Select(template => template.Definition));
        var taken = fixedOnes.Select(experiment => experiment.Id).ToHashSet(StringComparer.Ordinal);
        return [.. fixedOnes.Select(BuiltIn), .. own.Where(record => !taken.Contains(record.Id))];
    }

    /// <summary>The templates of an engine in the cloud, and why they cannot be read, if they cannot.</summary>
    public async Task<TemplateList> TemplatesAsync(CancellationToken cancellationToken) =>
        templates is null ? new([], null) : await templates.ListAsync(cancellationToken);

    /// <summary>What is known of a template; <see langword="null"/> if none is named.</summary>
    public async Task<TemplateReading?> TemplateAsync(string? id, CancellationToken cancellationToken) =>
        id is null ? null
        : templates is null ? new(null, $"No engine of this console has the template {id}. Start the console with OpsConsole:Backend=Aws.")
        : await templates.ReadAsync(id, cancellationToken);

    /// <summary>An experiment as it is run.</summary>
    public async Task<Stored<Experiment>?> FindAsync(string id, CancellationToken cancellationToken) =>
        await FindDefinitionAsync(id, cancellationToken) is { } stored
            ? stored with { Value = await mapping.ApplyAsync(stored.Value, cancellationToken) }
            : null;

    /// <summary>A definition as it is written.</summary>
    public async Task<Stored<Experiment>?> FindDefinitionAsync(string id, CancellationToken cancellationToken) =>
        BuiltInExperiments.Find(id) is { } builtIn
            ? BuiltIn(builtIn)
            : await store.GetAsync(ExperimentRecords.Experiments, id, cancellationToken)
                ?? (await TemplatesAsync(cancellationToken)).Templates
                    .Where(template => template.Definition.Id == id).Select(template => BuiltIn(template.Definition)).FirstOrDefault();

    /// <summary>Writes a definition.</summary>
    /// <param name="experiment">The definition.</param>
    /// <param name="expectedRevision">The revision on which the change rests; 0 to create.</param>
    /// <param name="actor">Who.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ExperimentOutcome> SaveAsync(
        Experiment experiment, long expectedRevision, string actor, string reason, CancellationToken cancellationToken)
    {
        if (await FindFixedAsync(experiment.Id, cancellationToken) is { } builtIn && !builtIn.CanChange(out var why))
        {
            return new ExperimentOutcome.Refused(why);
        }

        if (ExperimentRules.Validate(experiment) is { Count: > 0 } errors)
        {
            return new ExperimentOutcome.Invalid(errors);
        }

        var kind = expectedRevision == 0 ? TimelineKinds.ExperimentCreated : TimelineKinds.ExperimentChanged;
        var outcome = await store.SaveAsync(
            ExperimentRecords.Experiments,
            experiment.Id,
            experiment with { BuiltIn = false },
            expectedRevision,
            Event(experiment, kind, actor, reason),
            cancellationToken);
        return outcome switch
        {
            SaveOutcome<Experiment>.Saved saved => new ExperimentOutcome.Saved(saved.Record),
            SaveOutcome<Experiment>.Conflict conflict => new ExperimentOutcome.Conflict(conflict.Current),
            _ => throw new InvalidOperationException("Unknown outcome."),
        };
    }

    public async Task<ExperimentOutcome> DeleteAsync(string id, long expectedRevision, string actor, CancellationToken cancellationToken)
    {
        if (await FindDefinitionAsync(id, cancellationToken) is not { } stored)
        {
            return new ExperimentOutcome.Unknown();
        }

        if (!stored.Value.CanChange(out var why))
        {
            return new ExperimentOutcome.Refused(why);
        }

        var outcome = await store.DeleteAsync(
            ExperimentRecords.Experiments,
            id,
            expectedRevision,
            Event(stored.Value, TimelineKinds.ExperimentDeleted, actor, ""),
            cancellationToken);
        return outcome switch
        {
            SaveOutcome<Experiment>.Saved saved => new ExperimentOutcome.Saved(saved.Record),
            SaveOutcome<Experiment>.Conflict { Current: { } current } => new ExperimentOutcome.Conflict(current),
            _ => new ExperimentOutcome.Unknown(),
        };
    }

    private async Task<Experiment?> FindFixedAsync(string id, CancellationToken cancellationToken) => BuiltInExperiments.Find(id)
        ?? (await TemplatesAsync(cancellationToken)).Templates.Select(template => template.Definition).FirstOrDefault(definition => definition.Id == id);

    private static Stored<Experiment> BuiltIn(Experiment experiment) => new(experiment.Id, 0, experiment);

    private static TimelineEvent Event(Experiment experiment, string kind, string actor, string reason) =>
        new TimelineEvent { Actor = actor, Kind = kind, Subject = Subjects.Experiment(experiment.Id), Reason = reason }
            .With("service", experiment.Service);
}
