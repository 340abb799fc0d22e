using System.Globalization;
using System.Threading.Channels;
using OpsConsole.Core.Health;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Health;

/// <summary>Tells the timeline when the evidence about a service is lost and when it comes back. The looks never wait for it.</summary>
internal sealed partial class EvidenceWatch(ITimeline timeline, ILogger<EvidenceWatch> log) : BackgroundService
{
    private readonly Dictionary<string, bool> _hadEvidence = new(StringComparer.Ordinal);

    private readonly Channel<TimelineEvent> _pending = Channel.CreateBounded<TimelineEvent>(
        new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Compares a look with the one before it. Called by one loop.</summary>
    /// <param name="snapshot">The look.</param>
    /// <param name="tell">Whether it falls to this replica to tell the timeline.</param>
    public void Observe(HealthSnapshot snapshot, bool tell)
    {
        foreach (var (service, sample) in snapshot.Services)
        {
            if (!_hadEvidence.TryGetValue(service, out var had))
            {
                // What was never heard of since the start is not lost, and its first word is not a return.
                if (sample.IsEvidence)
                {
                    _hadEvidence[service] = true;
                }
            }
            else if (had != sample.IsEvidence)
            {
                _hadEvidence[service] = sample.IsEvidence;
                Tell(sample);
            }
        }

        foreach (var gone in _hadEvidence.Where(known => known.Value && !snapshot.Services.ContainsKey(known.Key)).ToList())
        {
            _hadEvidence[gone.Key] = false;
            Tell(new Sample { Service = gone.Key, Environment = "" });
        }

        void Tell(Sample sample)
        {
            if (tell)
            {
                _pending.Writer.TryWrite(Describe(sample));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in _pending.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await timeline.AppendAsync(change, stoppingToken);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                NotWritten(problem, change.Kind, change.Subject);
            }
        }
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

    [LoggerMessage(LogLevel.Warning, "{Kind} of {Subject} could not be written to the timeline.")]
    private partial void NotWritten(Exception problem, string kind, string subject);
}
