using System.Collections.Immutable;
using OpsConsole.Core;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health;

/// <summary>
/// Looks at every source once a second, judges what it finds and publishes it. One bad look is logged and never ends the loop.
/// </summary>
/// <remarks>A service that has a history stays listed after a restart, as <see cref="Freshness.Unknown"/> until it is heard of:
/// what an operator knew of yesterday must not vanish because it is silent today.</remarks>
internal sealed partial class HealthMonitor(
    IEnumerable<IHealthSource> sources,
    HealthFeed feed,
    IHealthHistory history,
    FrameRing frames,
    HealthJudge judge,
    EvidenceWatch evidence,
    ConsoleEnvironment environment,
    TimeProvider time,
    ILogger<HealthMonitor> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadLimit = TimeSpan.FromMilliseconds(800);

    private readonly ImmutableArray<IHealthSource> _sources = [.. sources];
    private readonly Dictionary<string, string> _sourceOf = new(StringComparer.Ordinal);
    private long _sequence;

    /// <summary>One look. Called by the loop, and by tests.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(_sources.Select(source => ReadAsync(source, cancellationToken)));
        var now = time.GetUtcNow();
        var services = ImmutableSortedDictionary.CreateBuilder<string, Sample>(StringComparer.Ordinal);
        foreach (var known in history.Services)
        {
            services[known] = new Sample { Service = known, Environment = environment.Name };
        }

        foreach (var (source, readings, problem) in found)
        {
            if (problem is null)
            {
                Take(services, source, readings, now);
            }
            else
            {
                Fail(services, source, problem, now);
            }
        }

        Publish(new HealthSnapshot(NextSequence(), now, services.ToImmutable()));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception problem) when (problem is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LookFailed(problem);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Publish(HealthSnapshot snapshot)
    {
        frames.Add(snapshot);
        feed.Publish(snapshot);
        evidence.Observe(snapshot);
        history.Record(snapshot);
    }

    private long NextSequence() => _sequence = Math.Max(_sequence, history.LastSequence) + 1;

    private async Task<(IHealthSource Source, IReadOnlyList<SourceReading> Readings, string? Problem)> ReadAsync(
        IHealthSource source, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // The reading is left behind, not waited for, if it does not listen to its token.
            var reading = Task.Run(() => source.ReadAsync(limit.Token).AsTask(), limit.Token);
            return (source, await reading.WaitAsync(ReadLimit, time, cancellationToken), null);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            await limit.CancelAsync();
            SourceFailed(problem, source.Name);
            return (source, [], problem is TimeoutException
                ? $"{source.Name} did not answer within {ReadLimit.TotalMilliseconds:F0} ms."
                : $"{source.Name} cannot be read: {problem.Message}");
        }
    }

    private void Take(
        ImmutableSortedDictionary<string, Sample>.Builder services, IHealthSource source, IReadOnlyList<SourceReading> readings, DateTimeOffset now)
    {
        foreach (var reading in readings)
        {
            if (services.TryGetValue(reading.Service, out var other) && other.At > (reading.At ?? DateTimeOffset.MinValue))
            {
                continue;
            }

            _sourceOf[reading.Service] = source.Name;
            judge.Learn(reading.Service, reading.Period, reading.Delay);
            TimeSpan? age = reading.At is { } at ? HealthJudge.Age(now, at) : null;
            var freshness = Judge(reading, age);
            services[reading.Service] = new Sample
            {
                Service = reading.Service,
                Environment = reading.Environment,
                At = reading.At,
                Age = age,
                Period = reading.Period,
                Freshness = freshness,
                Signs = reading.Signs,
                Requests = reading.Requests,
                Errors = reading.Errors,
                Instances = [.. reading.Instances.Select(instance => instance with
                {
                    Freshness = judge.Judge(HealthJudge.Age(now, instance.At), reading.Period, reading.Delay),
                })],
                Alarms = reading.Alarms,
                Note = reading.Problem ?? reading.Note,
            };
        }
    }

    private Freshness Judge(SourceReading reading, TimeSpan? age)
    {
        var heard = age is { } known ? judge.Judge(known, reading.Period, reading.Delay) : Freshness.Unknown;
        return reading.Problem is not null && heard is Freshness.Stale or Freshness.Unknown ? Freshness.Failed : heard;
    }

    private void Fail(ImmutableSortedDictionary<string, Sample>.Builder services, IHealthSource source, string problem, DateTimeOffset now)
    {
        foreach (var (service, last) in feed.Current.Services)
        {
            if (last.At is { } at && _sourceOf.GetValueOrDefault(service) == source.Name)
            {
                services[service] = last with { Freshness = Freshness.Failed, Age = HealthJudge.Age(now, at), Note = problem };
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "A look at health failed; the next one comes in a second.")]
    private partial void LookFailed(Exception problem);

    [LoggerMessage(LogLevel.Warning, "The health source {Source} could not be read.")]
    private partial void SourceFailed(Exception problem, string source);
}
