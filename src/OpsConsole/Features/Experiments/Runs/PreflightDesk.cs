using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OpsConsole.Core;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>What the checks found, and the instances or the template that they saw.</summary>
internal sealed record PreflightResult(ImmutableArray<PreflightCheck> Checks, IReadOnlyList<FaultTarget> Targets, TemplateInputs? Template = null)
{
    public bool Passed => Preflight.Passed(Checks);

    /// <summary>Every fault at everything that it touches.</summary>
    public ImmutableArray<PlannedFault> Plan(Experiment experiment, string runId) =>
        Template?.Template?.Plan(runId) ?? BlastRadius.Plan(experiment, runId, Targets);
}

/// <summary>Looks both ways: gathers what the checks before a start look at.</summary>
internal sealed class PreflightDesk(
    RunBook book,
    EngineCalls engine,
    HealthFeed health,
    IRecordStore store,
    IHaltJournal journal,
    Leadership leadership,
    ConsoleEnvironment environment,
    IOptions<ExperimentsOptions> options,
    TimeProvider time,
    TemplateMapping mapping,
    DryRuns? dryRuns = null,
    IExperimentTemplates? templates = null)
{
    private readonly ProductionWindow _window = options.Value.ProductionWindow.ToWindow();

    /// <summary>Whether runs may go on now.</summary>
    public bool IsClosed(DateTimeOffset now) => environment.IsProduction && !_window.IsOpen(now);

    public string WindowText => _window.ToString();

    public async Task<PreflightResult> LookAsync(Experiment experiment, CancellationToken cancellationToken)
    {
        var template = TemplateAsync(experiment, cancellationToken);
        var targets = experiment.Template is null ? engine.TargetsAsync(experiment.Service, cancellationToken) : Task.FromResult<IReadOnlyList<FaultTarget>?>([]);
        var problem = StoreProblemAsync(cancellationToken);
        var inputs = new PreflightInputs
        {
            Experiment = experiment,
            Runs = book.Now,
            Environment = environment,
            Window = _window,
            Now = time.GetUtcNow(),
            Targets = await targets,
            Template = await template,
            MappingProblem = mapping.Unknown(experiment),
            Sample = health.Current.Find(experiment.Service),
            StoreProblem = await problem,
        };
        return new(Preflight.Check(inputs), inputs.Targets ?? [], inputs.Template);
    }

    private async Task<TemplateInputs?> TemplateAsync(Experiment experiment, CancellationToken cancellationToken)
    {
        if (experiment.Template is not { } id || templates is null || dryRuns is null)
        {
            return null;
        }

        var reading = await templates.ReadAsync(id, cancellationToken);
        try
        {
            return new(reading.Template, reading.Problem, await dryRuns.NewestAsync(id, cancellationToken), options.Value.DryRunLasts);
        }
        catch (StoreUnavailableException)
        {
            // The check of the store says so.
            return new(reading.Template, reading.Problem, null, options.Value.DryRunLasts);
        }
    }

    private async Task<string?> StoreProblemAsync(CancellationToken cancellationToken)
    {
        if (journal.Waiting > 0)
        {
            return $"The timeline cannot be written: {journal.Waiting} events of halts wait for it.";
        }

        try
        {
            await store.GetAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId, cancellationToken)
                .AsTask()
                .WaitAsync(RunRecords.Patience, time, cancellationToken);
            return !book.IsLoaded ? "The runs of the console before this one are still being read."
                : leadership.IsLeader || leadership.Feed.Current.Lease is { IsReleased: false } ? null
                : "No replica of the console leads at the moment, so nobody would carry it out; one will within seconds.";
        }
        catch (StoreUnavailableException exception)
        {
            return exception.Message;
        }
        catch (TimeoutException)
        {
            return "The store does not answer.";
        }
    }
}
