using Amazon.FIS;
using Amazon.FIS.Model;
using Microsoft.Extensions.Options;
using OpsConsole.Core;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;

namespace OpsConsole.Aws.Experiments;

/// <summary>Resolves the targets of a template and does nothing to them: an experiment that skips all its actions.</summary>
internal sealed class FisDryRuns(FisCalls calls, ConsoleEnvironment environment, IOptions<FisOptions> options, TimeProvider time)
{
    public async ValueTask<DryRun> RunAsync(DryRun dryRun, Action<DryRun> progress, CancellationToken cancellationToken)
    {
        try
        {
            var experiment = await calls.StartAsync(dryRun.Template, dryRun.Token, Tags(), ActionsMode.SkipAll, cancellationToken);
            dryRun = dryRun with { Reference = experiment.Id };
            while (!FisStates.IsFinal(experiment.State))
            {
                if (!dryRun.IsGoingOn(time.GetUtcNow()))
                {
                    return End(dryRun, $"It was followed for {DryRun.Longest.TotalMinutes:F0} min in vain. {FisStates.Sentence(experiment)}");
                }

                progress(dryRun with { Detail = FisStates.Sentence(experiment) });
                await Task.Delay(options.Value.ReadEvery, time, cancellationToken);
                experiment = await calls.GetAsync(experiment.Id, cancellationToken);
            }

            return FisStates.Standing(experiment) is EngineStanding.Completed
                ? Resolved(dryRun, await calls.ListResolvedAsync(experiment.Id, cancellationToken))
                : End(dryRun, FisStates.Sentence(experiment));
        }
        catch (EngineUnavailableException exception)
        {
            return End(dryRun, exception.Message);
        }
    }

    private DryRun Resolved(DryRun dryRun, IReadOnlyList<ResolvedTarget> found) => End(
        dryRun with
        {
            Succeeded = true,
            Found = found.Count,
            Resources = [.. found.Take(DryRun.MostResources).Select(target => new ResolvedResource(target.TargetName ?? "", target.ResourceType ?? "", Name(target)))],
        },
        $"{found.Count} resource{(found.Count == 1 ? "" : "s")} would be struck; nothing was done to them.");

    private DryRun End(DryRun dryRun, string detail) => dryRun with { EndedAt = time.GetUtcNow(), Detail = detail };

    private static string Name(ResolvedTarget target)
    {
        var information = target.TargetInformation ?? [];
        return information.GetValueOrDefault("arn")
            ?? string.Join(", ", information.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
    }

    private Dictionary<string, string> Tags() => new(StringComparer.Ordinal)
    {
        [FisTags.ChaosEngineering] = "true",
        [FisTags.Environment] = environment.Name,
    };
}
