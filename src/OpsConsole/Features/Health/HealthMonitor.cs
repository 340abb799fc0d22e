using System.Collections.Immutable;
using OpsConsole.Core;
using OpsConsole.Core.Health;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Features.Health;

/// <summary>
/// Looks at every source once a second, judges what it finds and publishes it; where another replica leads, it publishes that one's looks
/// instead. One bad look is logged and never ends the loop.
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
    Leadership leadership,
    LookExchange looks,
    ConsoleEnvironment environment,
    TimeProvider time,
    ILogger<HealthMonitor> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadLimit = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan LeaderPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Carried = TimeSpan.FromSeconds(10);

    private readonly ImmutableArray<IHealthSource> _sources = [.. sources];
    private readonly Dictionary<string, string> _sourceOf = new(StringComparer.Ordinal);
    private readonly Lock _publishing = new();
    private readonly ClockSkew _skew = new();
    private long _sequence;
    private long _heardTerm;
    private long? _heardAt;

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

        Carry(services, now);
        judge.Skew = TimeSpan.Zero;
        var snapshot = new HealthSnapshot(NextSequence(), now, services.ToImmutable());
        Publish(snapshot);
        if (leadership.Term is > 0 and var term)
        {
            looks.Tell(new(term, snapshot, judge.Paces));
        }
    }

    /// <summary>Publishes what another leader has seen, unless a newer leader was heard or this look is known.</summary>
    public void Take(LeadersLook look)
    {
        if (leadership.IsLeader || look.Term < _heardTerm || (look.Term == _heardTerm && look.Snapshot.Sequence <= feed.Current.Sequence))
        {
            return;
        }

        _heardTerm = look.Term;
        _heardAt = time.GetTimestamp();
        judge.Skew = _skew.Learn(time.GetUtcNow() - look.Snapshot.At);
        foreach (var (service, pace) in look.Paces)
        {
            judge.Learn(service, pace);
        }

        Publish(look.Snapshot);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(LookAroundAsync(stoppingToken), FollowAsync(stoppingToken));

    private async Task LookAroundAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                if (leadership.IsLeader || (leadership.IsCutOff && !HearsALeader))
                {
                    await LookAsync(stoppingToken);
                }
            }
            catch (Exception problem) when (problem is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LookFailed(problem);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        await foreach (var look in looks.Heard.ReadAllAsync(stoppingToken))
        {
            try
            {
                Take(look);
            }
            catch (Exception problem) when (problem is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LookFailed(problem);
            }
        }
    }

    /// <summary>A replica that cannot reach the store, but hears the leader, shows what the leader sees.</summary>
    private bool HearsALeader => _heardAt is { } heardAt && time.GetElapsedTime(heardAt) < LeaderPatience;

    private void Publish(HealthSnapshot snapshot)
    {
        lock (_publishing)
        {
            if (snapshot.Sequence > frames.Head)
            {
                frames.Add(snapshot);
            }

            feed.Publish(snapshot);
            leadership.Look = snapshot.Sequence;
            evidence.Observe(snapshot, tell: leadership.IsLeader);
            history.Record(snapshot);
        }
    }

    /// <summary>No number is given twice, whoever led before.</summary>
    private long NextSequence() => _sequence =
        Math.Max(Math.Max(_sequence, history.LastSequence), Math.Max(feed.Current.Sequence, leadership.LooksAfter)) + 1;

    /// <summary>A leader that has just begun shows what the one before it saw last, ageing, until its own sources know of it.</summary>
    private void Carry(ImmutableSortedDictionary<string, Sample>.Builder services, DateTimeOffset now)
    {
        foreach (var (service, last) in feed.Current.Services)
        {
            if (last.At is { } at && HealthJudge.Age(now, at) is var age && age < Carried && services.GetValueOrDefault(service) is null or { At: null })
            {
                services[service] = last with { Age = age, Freshness = judge.Judge(service, age) };
            }
        }
    }

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
            var pace = new ReportPace(reading.Period, reading.Delay);
            judge.Learn(reading.Service, pace);
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
                    Freshness = judge.Judge(HealthJudge.Age(now, instance.At), pace),
                })],
                Alarms = reading.Alarms,
                Note = reading.Problem ?? reading.Note,
            };
        }
    }

    private Freshness Judge(SourceReading reading, TimeSpan? age)
    {
        var heard = age is { } known ? judge.Judge(known, new ReportPace(reading.Period, reading.Delay)) : Freshness.Unknown;
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
