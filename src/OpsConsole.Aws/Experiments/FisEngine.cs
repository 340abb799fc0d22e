using System.Collections.Concurrent;
using System.Collections.Immutable;
using Amazon.FIS;
using Amazon.FIS.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsConsole.Core;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;
using Experiment = OpsConsole.Core.Experiments.Experiment;
using FisExperiment = Amazon.FIS.Model.Experiment;

namespace OpsConsole.Aws.Experiments;

/// <summary>
/// Runs as experiments in FIS, each started from a template. AWS carries them on and ends them by their own plan, console or no console; so a run is
/// over only when FIS says so. The run's id is the client token of its start, and the run is in the store before it is started: however often, and by
/// whichever console, it is started, there is one experiment.
/// </summary>
internal sealed partial class FisEngine(
    FisCalls calls,
    IExperimentTemplates templates,
    ConsoleEnvironment environment,
    IOptions<FisOptions> options,
    TimeProvider time,
    ILogger<FisEngine> logger) : IFaultEngine
{
    private const int Remembered = 500;
    private const string ElsewherePrefix = "fis-";
    private static readonly TimeSpan ProofPause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, TrackedExperiment> _tracked = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _stopped = new();
    private long _stopsOfEverything;

    public string Name => "AWS FIS";

    /// <summary>Nothing renews an experiment; FIS ends it by its plan, or after so long.</summary>
    public TimeSpan LeaseDuration => FisCalls.LongestExperiment;

    public bool IsShared => true;

    public bool Carries(Experiment experiment) => experiment.Template is not null;

    /// <summary>FIS knows resources, not instances of services; a dry run says which.</summary>
    public ValueTask<IReadOnlyList<FaultTarget>> TargetsAsync(string service, CancellationToken cancellationToken) => new(Array.Empty<FaultTarget>());

    public async ValueTask<StartOutcome> StartAsync(FaultOrder order, CancellationToken cancellationToken)
    {
        if (order.Template is not { } template)
        {
            return new StartOutcome.Refused("AWS FIS runs templates only; name one.");
        }

        var before = Interlocked.Read(ref _stopsOfEverything);
        if (WasStopped(order.RunId))
        {
            return new StartOutcome.Refused($"The run {order.RunId} was stopped; launch a new one.");
        }

        if (_tracked.TryGetValue(order.RunId, out var known))
        {
            return new StartOutcome.Started(known.Id);
        }

        try
        {
            var experiment = await calls.StartAsync(template, order.RunId, Tags(order.RunId), ActionsMode.RunAll, cancellationToken);
            Track(order.RunId, experiment.Id).Take(experiment, time.GetUtcNow());
            LogStarted(experiment.Id, template, order.RunId);
            if (before == Interlocked.Read(ref _stopsOfEverything) && !WasStopped(order.RunId))
            {
                return new StartOutcome.Started(experiment.Id);
            }

            await calls.StopAsync(experiment.Id, cancellationToken);
            return new StartOutcome.Refused("It was halted while AWS FIS started it; it was ordered to end.");
        }
        catch (EngineUnavailableException exception)
        {
            return new StartOutcome.Refused(
                FisFailure.IsUnsure(exception) ? $"{exception.Message} What it may have started was ordered to end." : exception.Message);
        }
    }

    public ValueTask RenewAsync(string runId, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask StopAsync(string runId, CancellationToken cancellationToken)
    {
        Remember(runId);
        if (await FindAsync(runId, cancellationToken) is { } tracked)
        {
            await StopAsync(tracked, cancellationToken);
        }
    }

    public async ValueTask<IReadOnlyList<string>> StopEverythingAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _stopsOfEverything);

        // What this console knows is ordered to end while FIS is asked for what else there is.
        var known = _tracked.Values.Where(tracked => !tracked.IsOver).ToList();
        var others = StopOthersAsync(known, cancellationToken);
        await Task.WhenAll([.. known.Select(tracked => StopAsync(tracked, cancellationToken)), others]);
        return [.. known.Concat(await others).Select(tracked => tracked.RunId)];
    }

    public async ValueTask<StopProof> ProveStoppedAsync(string runId, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        string? problem = null;
        TrackedExperiment? tracked = null;
        while (true)
        {
            try
            {
                tracked ??= await FindAsync(runId, cancellationToken);
                if (tracked is null)
                {
                    return new(Gone: true, [], time.GetUtcNow());
                }

                if (!tracked.IsOver)
                {
                    await ReadAsync(tracked, cancellationToken);
                }

                if (tracked.IsOver)
                {
                    return new(Gone: true, [], time.GetUtcNow());
                }

                problem = tracked.StopProblem;
            }
            catch (EngineUnavailableException exception)
            {
                problem = tracked?.StopProblem ?? exception.Message;
            }

            var left = patience - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return new(Gone: false, [.. tracked?.Open() ?? []], ExpiryOf(tracked), problem ?? Standing(tracked));
            }

            await Task.Delay(left < ProofPause ? left : ProofPause, time, cancellationToken);
        }
    }

    public ValueTask<IReadOnlyList<FaultReport>> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        if (!_tracked.TryGetValue(runId, out var tracked))
        {
            return new(Array.Empty<FaultReport>());
        }

        ReadSoon(tracked);
        return new(tracked.Reports());
    }

    public ValueTask<EngineStanding> StandingAsync(string runId, CancellationToken cancellationToken)
    {
        if (!_tracked.TryGetValue(runId, out var tracked))
        {
            return new(EngineStanding.Going.On);
        }

        ReadSoon(tracked);
        return new(tracked.Last is { } last ? FisStates.Standing(last) : EngineStanding.Going.On);
    }

    public async ValueTask<IReadOnlyList<string>> ActiveRunsAsync(CancellationToken cancellationToken) =>
        [.. (await ListAsync(cancellationToken)).Select(tracked => tracked.RunId).Order(StringComparer.Ordinal)];

    public async ValueTask<IReadOnlyList<EngineRun>> RunsAsync(CancellationToken cancellationToken)
    {
        var runs = new List<EngineRun>();
        foreach (var tracked in await ListAsync(cancellationToken))
        {
            if (tracked.Last is null)
            {
                await ReadAsync(tracked, cancellationToken);
            }

            if (tracked is { IsOver: false, Last: { } experiment })
            {
                runs.Add(await DescribeAsync(tracked, experiment, cancellationToken));
            }
        }

        return runs;
    }

    public ValueTask<ActionOutcome> PerformAsync(string service, string action, TimeSpan patience, CancellationToken cancellationToken) =>
        new(new ActionOutcome(false, $"AWS FIS injects faults; it cannot do {action}."));

    private Dictionary<string, string> Tags(string runId) => new(StringComparer.Ordinal)
    {
        [FisTags.ChaosEngineering] = "true",
        [FisTags.Environment] = environment.Name,
        [FisTags.Run] = runId,
    };

    /// <summary>What the template says of the service, since the tags of a template are not those of its experiments.</summary>
    private async Task<EngineRun> DescribeAsync(TrackedExperiment tracked, FisExperiment experiment, CancellationToken cancellationToken)
    {
        var template = experiment.ExperimentTemplateId ?? experiment.Id;
        var definition = (await templates.ReadAsync(template, cancellationToken)).Template?.Definition
            ?? FisTemplateReader.Define(template, null, experiment.Tags ?? [], options.Value, Longest(experiment));
        return new EngineRun
        {
            RunId = tracked.RunId,
            Reference = experiment.Id,
            Experiment = definition with { Duration = Longest(experiment) },
            StartedAt = Time(experiment.StartTime ?? experiment.CreationTime) ?? time.GetUtcNow(),
            Faults = [.. tracked.Faults()],
        };
    }

    private static TimeSpan Longest(FisExperiment experiment) => FisTimes.Longest((experiment.Actions ?? []).ToDictionary(
        action => action.Key, action => (FisTimes.Duration(action.Value.Parameters), (IReadOnlyList<string>)(action.Value.StartAfter ?? [])), StringComparer.Ordinal));

    private DateTimeOffset ExpiryOf(TrackedExperiment? tracked)
    {
        var last = tracked?.Last;
        var longest = last is null ? FisCalls.LongestExperiment : Longest(last);
        var expiry = (Time(last?.StartTime ?? last?.CreationTime) ?? time.GetUtcNow()) + longest;
        var latest = time.GetUtcNow() + FisCalls.LongestExperiment;
        return expiry < latest ? expiry : latest;
    }

    private static string? Standing(TrackedExperiment? tracked) => tracked?.Last is { } last ? FisStates.Sentence(last) : null;

    private static DateTimeOffset? Time(DateTime? at) => at is { } known ? new DateTimeOffset(known.ToUniversalTime()) : null;

    private async Task StopAsync(TrackedExperiment tracked, CancellationToken cancellationToken)
    {
        if (tracked.IsOver)
        {
            return;
        }

        try
        {
            tracked.Take(await calls.StopAsync(tracked.Id, cancellationToken), time.GetUtcNow());
            tracked.StopProblem = null;
        }
        catch (EngineUnavailableException exception) when (exception.InnerException is ValidationException or ResourceNotFoundException or ConflictException)
        {
            // It may be over already; only reading it back says so.
            tracked.StopProblem = exception.Message;
        }
        catch (EngineUnavailableException exception)
        {
            tracked.StopProblem = exception.Message;
            throw;
        }
    }

    private async Task<IReadOnlyList<TrackedExperiment>> StopOthersAsync(IReadOnlyCollection<TrackedExperiment> known, CancellationToken cancellationToken)
    {
        TrackedExperiment[] others = [.. (await ListAsync(cancellationToken)).Except(known)];
        await Task.WhenAll(others.Select(tracked => StopAsync(tracked, cancellationToken)));
        return others;
    }

    /// <summary>The experiment of a run: known here, or found by its tag; <see langword="null"/> if there is none that goes on.</summary>
    private async Task<TrackedExperiment?> FindAsync(string runId, CancellationToken cancellationToken)
    {
        if (_tracked.TryGetValue(runId, out var known))
        {
            return known;
        }

        return (await ListAsync(cancellationToken)).FirstOrDefault(tracked => tracked.RunId == runId);
    }

    /// <summary>Every experiment that goes on, as FIS lists them at this moment.</summary>
    private async Task<IReadOnlyList<TrackedExperiment>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await calls.ListActiveAsync(cancellationToken)).Select(summary => Track(RunOf(summary), summary.Id))];

    /// <summary>The run of this environment that an experiment is tagged with; else it was started elsewhere, and is named by its own id.</summary>
    private string RunOf(ExperimentSummary summary) =>
        summary.Tags is { } tags
        && tags.TryGetValue(FisTags.Run, out var run)
        && tags.GetValueOrDefault(FisTags.Environment) == environment.Name
            ? run
            : ElsewherePrefix + summary.Id;

    private TrackedExperiment Track(string runId, string id)
    {
        if (_tracked.Count >= Remembered)
        {
            foreach (var over in _tracked.Values.Where(tracked => tracked.IsOver).Take(Remembered / 2))
            {
                _tracked.TryRemove(over.RunId, out _);
            }
        }

        return _tracked.GetOrAdd(runId, _ => new TrackedExperiment(runId, id));
    }

    /// <summary>Begins to read an experiment, unless it was read just now. Nobody waits for it.</summary>
    private void ReadSoon(TrackedExperiment tracked)
    {
        lock (tracked)
        {
            if (tracked.IsOver || !tracked.Reading.IsCompleted || (tracked.ReadingSince != 0 && time.GetElapsedTime(tracked.ReadingSince) < options.Value.ReadEvery))
            {
                return;
            }

            tracked.ReadingSince = time.GetTimestamp();
            tracked.Reading = Task.Run(() => TryReadAsync(tracked));
        }
    }

    private async Task TryReadAsync(TrackedExperiment tracked)
    {
        try
        {
            await ReadAsync(tracked, CancellationToken.None);
            if (!tracked.IsResolved && tracked.Last?.StartTime is not null)
            {
                tracked.Take(await calls.ListResolvedAsync(tracked.Id, CancellationToken.None));
            }
        }
        catch (EngineUnavailableException exception)
        {
            if (tracked.ReadProblem != exception.Message)
            {
                LogUnread(tracked.Id, exception.Message);
            }

            tracked.ReadProblem = exception.Message;
        }
    }

    private async Task ReadAsync(TrackedExperiment tracked, CancellationToken cancellationToken)
    {
        tracked.Take(await calls.GetAsync(tracked.Id, cancellationToken), time.GetUtcNow());
        tracked.ReadProblem = null;
    }

    private bool WasStopped(string runId) => _stopped.Contains(runId, StringComparer.Ordinal);

    private void Remember(string runId)
    {
        _stopped.Enqueue(runId);
        while (_stopped.Count > Remembered)
        {
            _stopped.TryDequeue(out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Started experiment {Experiment} of template {Template} for run {Run}")]
    private partial void LogStarted(string experiment, string template, string run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Experiment {Experiment} cannot be read: {Problem}")]
    private partial void LogUnread(string experiment, string problem);
}
