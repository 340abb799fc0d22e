using System.Globalization;
using System.Threading.Channels;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Health;

/// <summary>Tells the timeline when the evidence about a service is lost and when it comes back. The looks never wait for it.</summary>
internal sealed partial class EvidenceWatch(ITimeline timeline, TimeProvider time, ILogger<EvidenceWatch> log) : BackgroundService
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, bool> _hadEvidence = new(StringComparer.Ordinal);

    private readonly Channel<Change> _pending = Channel.CreateBounded<Change>(
        new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Compares a look with the one before it. Called by one loop.</summary>
    /// <param name="snapshot">The look.</param>
    /// <param name="tell">Whether it falls to this replica to tell the timeline.</param>
    public void Observe(HealthSnapshot snapshot, bool tell)
    {
        foreach (var (service, sample) in snapshot.Services)
        {
            if (!_hadEvidence.TryGetValue(service, out var had))
            {
                // What was never heard of since the start is not lost; its first word is a return if a console before this one lost it.
                if (sample.IsEvidence)
                {
                    _hadEvidence[service] = true;
                    Tell(sample, tell, isFirst: true);
                }
            }
            else if (had != sample.IsEvidence)
            {
                _hadEvidence[service] = sample.IsEvidence;
                Tell(sample, tell);
            }
        }

        foreach (var gone in _hadEvidence.Where(known => known.Value && !snapshot.Services.ContainsKey(known.Key)).ToList())
        {
            _hadEvidence[gone.Key] = false;
            Tell(new Sample { Service = gone.Key, Environment = "" }, tell);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in _pending.Reader.ReadAllAsync(stoppingToken))
        {
            for (var again = false; !await TryWriteAsync(change, again, stoppingToken); again = true)
            {
                await Task.Delay(RetryEvery, time, stoppingToken);
            }
        }
    }

    private void Tell(Sample sample, bool tell, bool isFirst = false)
    {
        if (tell)
        {
            _pending.Writer.TryWrite(new(Describe(sample), time.GetUtcNow(), isFirst));
        }
    }

    /// <summary>Writes it, unless there is nothing to tell.</summary>
    /// <returns><see langword="false"/> if the timeline cannot be reached: what happened is not lost, only late.</returns>
    private async Task<bool> TryWriteAsync(Change change, bool again, CancellationToken stoppingToken)
    {
        try
        {
            if (!change.IsFirst || await WasLostAsync(change.Event.Subject, stoppingToken))
            {
                var late = time.GetUtcNow() - change.At >= RetryEvery;
                await timeline.AppendAsync(
                    late ? change.Event.With("journaledAt", change.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)) : change.Event, stoppingToken);
            }

            return true;
        }
        catch (StoreUnavailableException problem)
        {
            if (!again)
            {
                LogLate(problem.Message, change.Event.Kind, change.Event.Subject);
            }

            return false;
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            LogNotWritten(problem, change.Event.Kind, change.Event.Subject);
            return true;
        }
    }

    /// <summary>Whether the newest that the timeline says of a service is that its evidence is lost.</summary>
    private async Task<bool> WasLostAsync(string subject, CancellationToken stoppingToken)
    {
        var query = new TimelineQuery { Subject = subject, Kind = "health.", NewestFirst = true, Limit = 1 };
        return await timeline.ReadAsync(query, stoppingToken) is [{ Kind: TimelineKinds.HealthLost }];
    }

    private static TimelineEvent Describe(Sample sample)
    {
        var age = sample.Age?.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
        return new TimelineEvent
        {
            Actor = Actors.Console,
            Kind = sample.IsEvidence ? TimelineKinds.HealthBack : TimelineKinds.HealthLost,
            Subject = Subjects.Service(sample.Service),
            Reason = sample switch
            {
                { IsEvidence: true } => "Evidence arrives again.",
                { Freshness: Freshness.Failed } => sample.Note ?? "Its source cannot be read.",
                _ => age is null ? "No evidence." : $"No evidence for {age} s.",
            },
        }.With("service", sample.Service).With("freshness", sample.Freshness.ToString()).With("ageSeconds", age);
    }

    [LoggerMessage(LogLevel.Warning, "{Kind} of {Subject} could not be written to the timeline yet and follows later: {Problem}")]
    private partial void LogLate(string problem, string kind, string subject);

    [LoggerMessage(LogLevel.Error, "{Kind} of {Subject} could not be written to the timeline.")]
    private partial void LogNotWritten(Exception problem, string kind, string subject);

    /// <summary>What happened, and when.</summary>
    private sealed record Change(TimelineEvent Event, DateTimeOffset At, bool IsFirst);
}
