using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Replicas;

/// <summary>
/// Keeps runs and the safety lever as the other replicas see them: what was launched or halted at another replica is taken in once a second,
/// and at once after a hint. A replica that does not lead also asks the leader how the runs stand, because not every count is written.
/// </summary>
internal sealed partial class RunSync(
    RunBook book,
    RunSlots slots,
    SafetyLevers levers,
    LeaderCalls leader,
    IRecordStore store,
    Leadership leadership,
    ReplicaFeed replicas,
    ChangeHints hints,
    SupervisorWake wake,
    TimeProvider time,
    ILogger<RunSync> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecordFollowsWithin = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, long> _withoutRecord = new(StringComparer.Ordinal);
    private ImmutableHashSet<string> _hinted = [];
    private bool _led;
    private bool _failing;

    /// <summary>One look. Called by the loop, and by tests.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!book.IsLoaded)
        {
            return;
        }

        var leads = leadership.IsLeader;
        var anew = _led && !leads;
        var taken = await slots.ListAsync(cancellationToken);
        if (!leads || !replicas.IsAlone)
        {
            var hinted = Interlocked.Exchange(ref _hinted, []);
            foreach (var id in taken.Values.Select(slot => slot.Run).Concat(book.Now.Active.Select(run => run.Id)).Concat(hinted).Distinct(StringComparer.Ordinal))
            {
                if (await store.GetAsync(ExperimentRecords.Runs, id, cancellationToken) is { } stored)
                {
                    book.Take(stored, anew);
                }
            }

            await levers.RefreshAsync();
        }

        _led = leads;
        if (leads)
        {
            await FreeAsync(taken, cancellationToken);
        }
        else if (!book.Now.Active.IsEmpty)
        {
            foreach (var run in await leader.RunsAsync() ?? [])
            {
                book.Follow(run);
            }
        }

        wake.Set();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new HintedTimer(Interval, time);
        hints.Listen(ExperimentRecords.Lever.Name, _ => timer.Tick());
        hints.Listen(ExperimentRecords.Runs.Name, hint =>
        {
            ImmutableInterlocked.Update(ref _hinted, static (hinted, id) => hinted.Add(id), hint.Id);
            timer.Tick();
        });
        while (true)
        {
            await timer.WaitAsync(stoppingToken);
            try
            {
                await LookAsync(stoppingToken);
                _failing = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_failing)
                {
                    _failing = true;
                    LogFailing(exception is StoreUnavailableException ? null : exception, exception.Message);
                }
            }
        }
    }

    /// <summary>Lets go of the slots of runs that are over, and of those whose run was never written.</summary>
    private async Task FreeAsync(IReadOnlyDictionary<string, RunSlot> taken, CancellationToken cancellationToken)
    {
        foreach (var (service, slot) in taken.Where(slot => book.FindLive(slot.Value.Run) is null))
        {
            var run = book.Find(slot.Run) ?? (await store.GetAsync(ExperimentRecords.Runs, slot.Run, cancellationToken))?.Value;
            if (run is { IsOver: true } || (run is null && IsLongWithoutRecord(slot.Run)))
            {
                await slots.FreeAsync(service, slot.Run, cancellationToken);
                _withoutRecord.Remove(slot.Run);
            }
        }
    }

    private bool IsLongWithoutRecord(string run) =>
        !_withoutRecord.TryAdd(run, time.GetTimestamp()) && time.GetElapsedTime(_withoutRecord[run]) >= RecordFollowsWithin;

    [LoggerMessage(LogLevel.Warning, "Runs of other replicas cannot be looked for: {Problem}")]
    private partial void LogFailing(Exception? exception, string problem);
}
