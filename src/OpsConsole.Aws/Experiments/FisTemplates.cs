using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;

namespace OpsConsole.Aws.Experiments;

/// <summary>
/// The templates of FIS. They are asked for when somebody looks, and then not again for a while; a template that has not changed since is not
/// read again, because FIS answers few calls a second. Nobody waits for long: while FIS does not answer, what is known is shown.
/// </summary>
internal sealed class FisTemplates(FisCalls calls, FisDryRuns dryRuns, IOptions<FisOptions> options, TimeProvider time) : IExperimentTemplates
{
    private const int ReadAtOnce = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TemplateList Unread = new([], "AWS FIS has not answered yet.");

    private readonly ConcurrentDictionary<string, (ExperimentTemplate Template, long ReadAt)> _known = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private Task _listing = Task.CompletedTask;
    private volatile TemplateList? _list;
    private long _listedAt;

    public string Name => "AWS FIS";

    public async ValueTask<TemplateList> ListAsync(CancellationToken cancellationToken)
    {
        Task listing;
        lock (_gate)
        {
            if (_listing.IsCompleted && (_list is null || time.GetElapsedTime(_listedAt) >= options.Value.TemplatesLast))
            {
                _listing = Task.Run(RefreshAsync, CancellationToken.None);
            }

            listing = _listing;
        }

        if (_list is null or { Problem: null })
        {
            await listing.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return _list ?? Unread;
    }

    public async ValueTask<TemplateReading> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var known = _known.TryGetValue(id, out var before);
        if (known && time.GetElapsedTime(before.ReadAt) < options.Value.TemplatesLast)
        {
            return new(before.Template, null);
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return new(await GetAsync(id, limit.Token), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(known ? before.Template : null, "AWS did not answer fis:GetExperimentTemplate in time.");
        }
        catch (EngineUnavailableException exception)
        {
            if (exception.InnerException is Amazon.FIS.Model.ResourceNotFoundException)
            {
                _known.TryRemove(id, out _);
                return new(null, exception.Message);
            }

            return new(known ? before.Template : null, exception.Message);
        }
    }

    public ValueTask<DryRun> DryRunAsync(DryRun dryRun, Action<DryRun> progress, CancellationToken cancellationToken) =>
        dryRuns.RunAsync(dryRun, progress, cancellationToken);

    private async Task RefreshAsync()
    {
        var read = await ReadListAsync(CancellationToken.None);
        lock (_gate)
        {
            (_list, _listedAt) = (read, time.GetTimestamp());
        }
    }

    private async Task<TemplateList> ReadListAsync(CancellationToken cancellationToken)
    {
        string? problem = null;
        try
        {
            var listed = await calls.ListTemplatesAsync(cancellationToken);
            foreach (var gone in _known.Keys.Except(listed.Select(summary => summary.Id), StringComparer.Ordinal))
            {
                _known.TryRemove(gone, out _);
            }

            await Parallel.ForEachAsync(
                listed.Where(summary => !_known.TryGetValue(summary.Id, out var known) || IsChanged(known.Template, summary.LastUpdateTime)),
                new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce, CancellationToken = cancellationToken },
                async (summary, token) =>
                {
                    try
                    {
                        await GetAsync(summary.Id, token);
                    }
                    catch (EngineUnavailableException exception)
                    {
                        problem = exception.Message;
                        var tags = (summary.Tags ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal);
                        _known.TryAdd(summary.Id, (
                            new ExperimentTemplate
                            {
                                Id = summary.Id,
                                Definition = FisTemplateReader.Define(summary.Id, summary.Description, tags, options.Value, FisCalls.LongestExperiment),
                                Tags = tags,
                            },
                            time.GetTimestamp() - (long)(options.Value.TemplatesLast.TotalSeconds * time.TimestampFrequency)));
                    }
                });
        }
        catch (EngineUnavailableException exception)
        {
            problem = exception.Message;
        }

        return new([.. _known.Values.Select(known => known.Template).OrderBy(template => template.Id, StringComparer.Ordinal)], problem);
    }

    /// <summary>A template that never was read whole has no time of change, and is read again.</summary>
    private static bool IsChanged(ExperimentTemplate known, DateTime? changed) =>
        known.ChangedAt is not { } at || (changed is { } newest && newest.ToUniversalTime() > at.UtcDateTime);

    private async Task<ExperimentTemplate> GetAsync(string id, CancellationToken cancellationToken)
    {
        var template = FisTemplateReader.Read(await calls.GetTemplateAsync(id, cancellationToken), options.Value);
        _known[id] = (template, time.GetTimestamp());
        return template;
    }
}
