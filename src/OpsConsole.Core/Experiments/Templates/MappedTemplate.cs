namespace OpsConsole.Core.Experiments.Templates;

/// <summary>The template that a shared parameter gives to a definition which names none itself.</summary>
/// <param name="Id">The engine's id of the template.</param>
/// <param name="Parameter">The parameter's full name.</param>
public sealed record MappedTemplate(string Id, string Parameter)
{
    /// <summary>
    /// The definition as it is run: the template takes the place of its faults. A definition that came with the console was made for the sample
    /// application, so it takes the service, the duration and the limits of the template as well; anybody's own keeps what it says.
    /// </summary>
    /// <param name="definition">The definition.</param>
    /// <param name="template">The definition that stands for the template; <see langword="null"/> if it is not known now.</param>
    public Experiment ApplyTo(Experiment definition, Experiment? template)
    {
        var mapped = definition with { Template = Id, TemplateParameter = Parameter, Faults = [] };
        return definition.BuiltIn && template is not null
            ? mapped with
            {
                Service = template.Service.Length > 0 ? template.Service : definition.Service,
                Duration = template.Duration,
                Safeguards = template.Safeguards,
            }
            : mapped;
    }
}
