using Microsoft.Extensions.Options;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Replicas;

/// <summary>Renews the leader's lease or waits for it, once a second; gives it back at once when the console goes down in order.</summary>
internal sealed partial class LeaseKeeper(
    Leadership leadership, ReplicaAddress address, ReplicaIdentity self, IHaltJournal journal, IOptions<ReplicasOptions> options, TimeProvider time, ILogger<LeaseKeeper> log)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private string? _ledBefore;
    private string? _problem;

    /// <summary>A lease that is free is taken before anything else of the console starts.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Comes after every feature has ended what only a leader may do: they were added later and are stopped earlier.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Interval, time);
        try
        {
            await leadership.ReleaseAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            LogNotReleased();
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(stoppingToken);
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        using var limit = new CancellationTokenSource(options.Value.Lease / 2, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, limit.Token);
        try
        {
            leadership.Address = address.Find();
            await leadership.LookAsync(either.Token);
            await TellAsync();
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            NoteProblem();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFailed(exception);
        }
    }

    /// <summary>Says when the leader is another one. A console that is alone leads itself, which is no news.</summary>
    private async Task TellAsync()
    {
        NoteProblem();
        var view = leadership.Feed.Current;
        if (view.Lease is not { IsReleased: false } lease || lease.Owner == _ledBefore)
        {
            return;
        }

        var before = _ledBefore;
        _ledBefore = lease.Owner;
        if (lease.Owner != self.Id)
        {
            LogFollows(lease.Name, lease.Term);
        }
        else
        {
            LogLeads(lease.Term);
            if (before is not null)
            {
                await journal.WriteAsync(new TimelineEvent
                {
                    Actor = Actors.Console,
                    Kind = TimelineKinds.ConsoleLeads,
                    Subject = Subjects.Console,
                    Reason = $"Replica {self.Name} leads now.",
                }.With("replica", self.Id).With("term", lease.Term.ToString()).With("before", before));
            }
        }
    }

    private void NoteProblem()
    {
        if (leadership.Feed.Current.Problem is var problem && problem != _problem)
        {
            _problem = problem;
            LogProblem(problem ?? "none any more");
        }
    }

    [LoggerMessage(LogLevel.Information, "This replica leads, term {Term}.")]
    private partial void LogLeads(long term);

    [LoggerMessage(LogLevel.Information, "This replica follows {Leader}, term {Term}.")]
    private partial void LogFollows(string leader, long term);

    [LoggerMessage(LogLevel.Warning, "The leader's lease cannot be looked at: {Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(LogLevel.Error, "The look at the leader's lease failed; the next one comes in a second.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The leader's lease could not be given back; another replica leads when it is over.")]
    private partial void LogNotReleased();
}
