using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Replicas;
using OpsConsole.Features.Experiments.Replicas;
using OpsConsole.Features.Experiments.Runs;
using OpsConsole.Tests.Replicas;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>
/// Two replicas on one store and one clock; <see cref="First"/> leads until it is paused. Each has an engine of its own, as the embedded one
/// is, unless they share one.
/// </summary>
internal sealed class TwoReplicas : IDisposable
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero));
    private readonly HashSet<Bench> _paused = [];
    private readonly Line _line = new();
    private readonly HandWitness _witness = new();

    public TwoReplicas(bool sharedEngine = false)
    {
        Store = new MemoryStore(_time);
        var cells = new MemoryCells();
        var engine = new FakeEngine(_time) { IsShared = sharedEngine };
        First = Open(cells, engine, "first");
        Second = Open(cells, sharedEngine ? engine : new FakeEngine(_time), "second");
        _line.Leader = () => IsReachable ? Benches.FirstOrDefault(bench => bench.Leadership.IsLastLeader && !_paused.Contains(bench)) : null;
        foreach (var bench in Benches)
        {
            var other = bench == First ? Second.Self : First.Self;
            bench.Replicas.Publish(new([new ReplicaNote(other.Id, other.Name, null, _time.GetUtcNow(), "off")]));
        }
    }

    public MemoryStore Store { get; }

    public Bench First { get; }

    public Bench Second { get; }

    /// <summary>Whether the replicas reach each other; the store they reach all the same.</summary>
    public bool IsReachable { get; set; } = true;

    private Bench[] Benches => [First, Second];

    /// <summary>Half a minute of steady health, so that there is something to compare with.</summary>
    public static async Task<TwoReplicas> SteadyAsync(bool sharedEngine = false)
    {
        var replicas = new TwoReplicas(sharedEngine);
        await replicas.PassAsync(30);
        Assert.True(replicas.First.Leadership.IsLeader);
        return replicas;
    }

    /// <summary>The second replica takes over at once, although the first still believes that it leads: the worst that can be.</summary>
    public async Task UsurpAsync()
    {
        _witness.Ended.Add("first");
        await Second.Leadership.LookAsync(CancellationToken.None);
        Assert.True(First.Leadership.IsLeader);
        Assert.True(Second.Leadership.IsLeader);
    }

    /// <summary>From now on it does nothing, as if the process were stopped.</summary>
    public void Pause(Bench bench) => _paused.Add(bench);

    public void Continue(Bench bench) => _paused.Remove(bench);

    /// <summary>Lets seconds pass; each replica that is not paused renews or follows, hears of the other, and looks.</summary>
    public async Task PassAsync(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            foreach (var bench in Benches.Where(bench => !_paused.Contains(bench)))
            {
                await bench.Leadership.LookAsync(CancellationToken.None);
            }

            foreach (var bench in Benches.Where(bench => !_paused.Contains(bench)))
            {
                await bench.LookAsync();
                await bench.Sync.LookAsync(CancellationToken.None);
            }
        }
    }

    public static async Task<Run> LaunchAsync(Bench bench, string? token = null) => Assert.IsType<LaunchOutcome.Accepted>(
        await bench.Runs.LaunchAsync("network-latency", "otto", "to see", token, CancellationToken.None)).Run;

    /// <summary>A run that the first replica carries out.</summary>
    public async Task<Run> RunningAsync()
    {
        var run = await LaunchAsync(Second);
        await PassAsync(3);
        Assert.Equal(RunState.Running, First.Now(run.Id).State);
        return run;
    }

    public async Task<Run> StoredAsync(string id) => (await Store.GetAsync(ExperimentRecords.Runs, id))!.Value;

    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
    }

    private Bench Open(MemoryCells cells, FakeEngine engine, string name) => new(
        store: Store,
        engine: engine,
        time: _time,
        cells: cells,
        leads: time => new Leadership(cells.Open(), name == "second" ? _witness : new HandWitness(), new ReplicaIdentity(name, name), Ttl, time),
        line: _line,
        name: name);

    /// <summary>The way to the leader, as JSON.</summary>
    private sealed class Line : ILeaderLine
    {
        public Func<Bench?> Leader { get; set; } = () => null;

        public async ValueTask<TAnswer> AskAsync<TQuestion, TAnswer>(
            string path, TQuestion question, JsonTypeInfo<TQuestion> asking, JsonTypeInfo<TAnswer> answering, CancellationToken cancellationToken)
        {
            var leader = Leader() ?? throw new NoLeaderException("Nobody answers.");
            var asked = JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(question, asking), asking);
            object answer = asked switch
            {
                TargetsQuestion targets => new TargetsAnswer(await leader.Calls.TargetsAsync(targets.Service, cancellationToken)),
                StopQuestion stop => new StopAnswer(await leader.Halts.StopForAnotherAsync(stop.Run, stop.Actor, stop.Reason)),
                ProofQuestion proof => await leader.Halts.ProveForAnotherAsync(proof.Run, TimeSpan.FromMilliseconds(proof.PatienceMs)),
                HaltAllQuestion all => await leader.Halts.HaltAllAsync(all.Actor, all.Reason, all.WrittenDown),
                _ => new RunsAnswer([.. leader.Book.Now.Active]),
            };
            return JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes((TAnswer)answer, answering), answering)!;
        }
    }
}
