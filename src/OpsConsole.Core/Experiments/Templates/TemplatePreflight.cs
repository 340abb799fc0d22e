namespace OpsConsole.Core.Experiments.Templates;

/// <summary>The checks that only an experiment with a template needs. They take the place of the check of connected instances.</summary>
internal static class TemplatePreflight
{
    private const string DryRunName = "Dry run";

    public static IEnumerable<PreflightCheck> Check(PreflightInputs inputs)
    {
        if (inputs.Template is not { Template: { } template } known)
        {
            yield return new(
                "Template",
                false,
                inputs.Template?.Problem ?? $"No engine of this console has the template {inputs.Experiment.Template}.",
                inputs.Template is null ? "Start the console with OpsConsole:Backend=Aws." : "See to it, and look again.");
            yield break;
        }

        yield return Template(inputs.Experiment, template);
        yield return StopCondition(inputs.Environment.IsProduction, template);
        yield return DryRun(known, template, inputs.Now);
    }

    private static PreflightCheck Template(Experiment experiment, ExperimentTemplate template) => experiment.Service.Length == 0
        ? new(
            "Template",
            false,
            $"The template {template.Id} names no service, so nobody would see what it does.",
            "Put the tag opsconsole:service on it, set OpsConsole:Aws:Fis:Service, or copy the experiment and name a service.")
        : new(
            "Template",
            true,
            $"{template.Id}: {Count(template.Actions.Length, "action")} on {Count(template.Targets.Length, "target")}, stopped after {experiment.Duration.TotalMinutes:0.#} min at the latest.");

    private static PreflightCheck StopCondition(bool production, ExperimentTemplate template)
    {
        const string Name = "Stop condition";
        return template.StopAlarms.IsEmpty
            ? production
                ? new(
                    Name,
                    false,
                    "No alarm stops the template by itself, so in production nothing would end it if this console were gone.",
                    "Give the template a stop condition of the source aws:cloudwatch:alarm.")
                : new(Name, true, "No alarm stops the template by itself; only production asks for one.")
            : new(Name, true, $"The template is also stopped by {string.Join(", ", template.StopAlarms)}.");
    }

    private static PreflightCheck DryRun(TemplateInputs known, ExperimentTemplate template, DateTimeOffset now)
    {
        const string Mend = "Make a dry run: it resolves the targets and does nothing to them.";
        return known.DryRun switch
        {
            null => new(DryRunName, false, "The template was never dry-run, so nobody knows what it would strike.", Mend),
            { } going when going.IsGoingOn(now) => new(DryRunName, false, $"The dry run goes on. {going.Detail}", "Wait until it is over."),
            { EndedAt: null } => new(DryRunName, false, "The last dry run has no end: the console that followed it is gone.", Mend),
            { Succeeded: false } failed => new(DryRunName, false, $"The last dry run failed. {failed.Detail}", "Mend the template, and make another dry run."),
            { Found: 0 } => new(DryRunName, false, "The last dry run found nothing that the template could strike.", "Mend its targets, and make another dry run."),
            { } old when now - old.StartedAt > known.DryRunLasts => new(
                DryRunName, false, $"The last dry run is older than {known.DryRunLasts.TotalHours:0.#} h.", Mend),
            { } before when template.ChangedAt > before.StartedAt => new(DryRunName, false, "The template was changed after the last dry run.", Mend),
            { } recent => new(
                DryRunName, true, $"The dry run of {recent.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC found {Count(recent.Found, "resource")}."),
        };
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
