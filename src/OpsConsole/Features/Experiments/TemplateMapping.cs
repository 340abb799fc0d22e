using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;
using OpsConsole.Core.Parameters;

namespace OpsConsole.Features.Experiments;

/// <summary>
/// Which template the shared parameters give to a definition. One that names its own template keeps it, and a console whose engines have no
/// templates maps nothing.
/// </summary>
internal sealed class TemplateMapping(ParameterFeed parameters, IExperimentTemplates? templates = null)
{
    /// <summary>The template that is mapped to a definition; <see langword="null"/> if none is.</summary>
    public MappedTemplate? Of(Experiment definition) =>
        templates is not null && definition.Template is null && parameters.Current.Templates.TryGetValue(definition.Id, out var template)
            ? new(template, parameters.Current.TemplateParameter(definition.Id))
            : null;

    /// <summary>The definition as it is run.</summary>
    public async Task<Experiment> ApplyAsync(Experiment definition, CancellationToken cancellationToken) => Of(definition) is { } mapped
        ? mapped.ApplyTo(definition, (await templates!.ReadAsync(mapped.Id, cancellationToken)).Template?.Definition)
        : definition;

    /// <summary>Why it is not known whether a template is mapped to what is run; <see langword="null"/> if it is.</summary>
    public string? Unknown(Experiment asRun) =>
        templates is null || asRun.Template is not null || parameters.Current is not { Path: { Length: > 0 } path, ReadAt: null, Problem: var problem } ? null
        : problem is null ? $"The parameters below {path} were not read yet."
        : $"The parameters below {path} were never read. {problem}";

    /// <summary>The parameters that map a template to no definition there is, by name.</summary>
    public IEnumerable<string> Astray(IEnumerable<string> known) => templates is null
        ? []
        : parameters.Current.Templates.Keys.Except(known, StringComparer.Ordinal).Select(parameters.Current.TemplateParameter);
}
