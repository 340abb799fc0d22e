namespace OpsConsole.Core.Experiments.Templates;

/// <summary>What the checks before a start look at where an experiment names a template.</summary>
/// <param name="Template">The template; <see langword="null"/> if it is not known.</param>
/// <param name="Problem">Why it is not known; one sentence.</param>
/// <param name="DryRun">Its newest dry run.</param>
/// <param name="DryRunLasts">How long a dry run counts.</param>
public sealed record TemplateInputs(ExperimentTemplate? Template, string? Problem, DryRun? DryRun, TimeSpan DryRunLasts);
