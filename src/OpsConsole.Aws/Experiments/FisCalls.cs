using Amazon.FIS;
using Amazon.FIS.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Options;
using FisExperiment = Amazon.FIS.Model.Experiment;

namespace OpsConsole.Aws.Experiments;

/// <summary>Calls FIS. Each call has a limit of time, and what goes wrong is an <see cref="Core.Experiments.EngineUnavailableException"/> with a sentence.</summary>
internal sealed class FisCalls(IAmazonFIS client, IOptions<FisOptions> options, TimeProvider time)
{
    private const string LeverId = "default";
    private const int PageSize = 100;

    /// <summary>FIS ends an experiment after so long at the latest.</summary>
    public static TimeSpan LongestExperiment { get; } = TimeSpan.FromHours(12);

    private volatile bool _newestFirst;

    public Task<FisExperiment> StartAsync(
        string template, string token, Dictionary<string, string> tags, ActionsMode mode, CancellationToken cancellationToken) => CallAsync(
        "StartExperiment",
        $"template {template}",
        async limit => (await client.StartExperimentAsync(
            new StartExperimentRequest
            {
                ClientToken = token,
                ExperimentTemplateId = template,
                ExperimentOptions = new StartExperimentExperimentOptionsInput { ActionsMode = mode },
                Tags = tags,
            },
            limit)).Experiment,
        cancellationToken);

    public Task<FisExperiment> StopAsync(string id, CancellationToken cancellationToken) => CallAsync(
        "StopExperiment",
        $"experiment {id}",
        async limit => (await client.StopExperimentAsync(new StopExperimentRequest { Id = id }, limit)).Experiment,
        cancellationToken);

    public Task<FisExperiment> GetAsync(string id, CancellationToken cancellationToken) => CallAsync(
        "GetExperiment",
        $"experiment {id}",
        async limit => (await client.GetExperimentAsync(new GetExperimentRequest { Id = id }, limit)).Experiment,
        cancellationToken);

    /// <summary>Every experiment that may still do something: not one that is over, and no dry run.</summary>
    public Task<IReadOnlyList<ExperimentSummary>> ListActiveAsync(CancellationToken cancellationToken) => CallAsync(
        "ListExperiments",
        "list of experiments",
        async limit =>
        {
            var active = new List<ExperimentSummary>();
            var oldest = time.GetUtcNow().UtcDateTime - LongestExperiment;
            var before = DateTime.MaxValue;
            var newestFirst = true;
            var request = new ListExperimentsRequest { MaxResults = PageSize };
            do
            {
                var page = await client.ListExperimentsAsync(request, limit);
                foreach (var summary in page.Experiments ?? [])
                {
                    var created = summary.CreationTime?.ToUniversalTime() ?? before;
                    newestFirst &= created <= before;
                    before = created;
                    if (!FisStates.IsFinal(summary.State) && summary.ExperimentOptions?.ActionsMode != ActionsMode.SkipAll)
                    {
                        active.Add(summary);
                    }
                }

                request.NextToken = page.NextToken;

                // The order is not promised: it is relied on only once a whole list has shown it.
                if (_newestFirst && newestFirst && before < oldest)
                {
                    return active;
                }
            }
            while (!string.IsNullOrEmpty(request.NextToken));

            _newestFirst = newestFirst;
            return (IReadOnlyList<ExperimentSummary>)active;
        },
        cancellationToken);

    public Task<IReadOnlyList<ResolvedTarget>> ListResolvedAsync(string id, CancellationToken cancellationToken) => CallAsync(
        "ListExperimentResolvedTargets",
        $"experiment {id}",
        async limit =>
        {
            var found = new List<ResolvedTarget>();
            var request = new ListExperimentResolvedTargetsRequest { ExperimentId = id, MaxResults = PageSize };
            do
            {
                var page = await client.ListExperimentResolvedTargetsAsync(request, limit);
                found.AddRange(page.ResolvedTargets ?? []);
                request.NextToken = page.NextToken;
            }
            while (!string.IsNullOrEmpty(request.NextToken));

            return (IReadOnlyList<ResolvedTarget>)found;
        },
        cancellationToken);

    public Task<IReadOnlyList<ExperimentTemplateSummary>> ListTemplatesAsync(CancellationToken cancellationToken) => CallAsync(
        "ListExperimentTemplates",
        "list of templates",
        async limit =>
        {
            var found = new List<ExperimentTemplateSummary>();
            var request = new ListExperimentTemplatesRequest { MaxResults = PageSize };
            do
            {
                var page = await client.ListExperimentTemplatesAsync(request, limit);
                found.AddRange(page.ExperimentTemplates ?? []);
                request.NextToken = page.NextToken;
            }
            while (!string.IsNullOrEmpty(request.NextToken));

            return (IReadOnlyList<ExperimentTemplateSummary>)found;
        },
        cancellationToken);

    public Task<ExperimentTemplate> GetTemplateAsync(string id, CancellationToken cancellationToken) => CallAsync(
        "GetExperimentTemplate",
        $"template {id}",
        async limit => (await client.GetExperimentTemplateAsync(new GetExperimentTemplateRequest { Id = id }, limit)).ExperimentTemplate,
        cancellationToken);

    public Task<SafetyLever> GetLeverAsync(CancellationToken cancellationToken) => CallAsync(
        "GetSafetyLever",
        "safety lever",
        async limit => (await client.GetSafetyLeverAsync(new GetSafetyLeverRequest { Id = LeverId }, limit)).SafetyLever,
        cancellationToken);

    public Task<SafetyLever> MoveLeverAsync(bool engaged, string reason, CancellationToken cancellationToken) => CallAsync(
        "UpdateSafetyLeverState",
        "safety lever",
        async limit => (await client.UpdateSafetyLeverStateAsync(
            new UpdateSafetyLeverStateRequest
            {
                Id = LeverId,
                State = new UpdateSafetyLeverStateInput
                {
                    Status = engaged ? SafetyLeverStatusInput.Engaged : SafetyLeverStatusInput.Disengaged,
                    Reason = reason,
                },
            },
            limit)).SafetyLever,
        cancellationToken);

    private async Task<T> CallAsync<T>(string operation, string subject, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.Value.Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await call(limit.Token);
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw FisFailure.Explain(exception, operation, subject);
        }
    }
}
