using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Replicas;
using OpsConsole.Features.Experiments;
using OpsConsole.Features.Experiments.Replicas;
using OpsConsole.Features.Experiments.Runs;
using OpsConsole.Tests.Features.Runbooks;
using OpsConsole.Tests.Replicas;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>The services of this feature on a clock that tests move, with an engine, a store and health that tests set.</summary>
internal sealed class Bench : IFlagSwitch, IDisposable
{
    private long _look;

    public Bench(
        string environment = "test",
        MemoryStore? store = null,
        FakeEngine? engine = null,
        FakeTimeProvider? time = null,
        MemoryHistory? history = null,
        MemoryCells? cells = null,
        Func<TimeProvider, Leadership>? leads = null,
        ILeaderLine? line = null,
        string name = "alone",
        FakeRunbooks? runbooks = null,
        IReadOnlyList<IFaultEngine>? others = null,
        IReadOnlyList<ISecondLever>? seconds = null,
        IExperimentTemplates? templates = null)
    {
        Cells = cells ?? new();
        Self = new ReplicaIdentity(name, name);
        History = history ?? new();
        Time = time ?? new FakeTimeProvider(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero));
        Store = store ?? new MemoryStore(Time);
        Engine = engine ?? new FakeEngine(Time);
        var options = Options.Create(new ExperimentsOptions());
        Leadership = (leads ?? Leadership.Alone)(Time);
        Book = new(Feed);
        Records = new(Book, Store, Store, Leadership, Time, NullLogger<RunRecords>.Instance);
        var leader = new LeaderCalls(line ?? new NoLine(), Time, NullLogger<LeaderCalls>.Instance);
        Calls = new EngineCalls([Engine, .. others ?? []], Book, Leadership, leader, Time, NullLogger<EngineCalls>.Instance);
        var calls = Calls;
        Halts = new(Book, Records, calls, leader, Leadership, Time, NullLogger<Halts>.Instance);
        Levers = new(Book, Halts, Store, Store, Time, NullLogger<SafetyLevers>.Instance, seconds ?? []);
        var secondLevers = new SecondLevers(seconds ?? [], Levers, Leadership, Time, NullLogger<SecondLevers>.Instance);
        var foreign = new ForeignRuns(Book, Records, calls, Time, NullLogger<ForeignRuns>.Instance);
        var mapping = new TemplateMapping(Parameters, templates);
        var experiments = new ExperimentService(Store, mapping, templates);
        DryRuns = new(experiments, Feed, Store, Time, NullLogger<DryRuns>.Instance, templates);
        var samples = new SampleRings();
        Desk = new(Book, calls, Health, Store, Store, Leadership, new ConsoleEnvironment(environment), options, Time, mapping, DryRuns, templates);
        var wake = new SupervisorWake();
        var slots = new RunSlots(Cells.Open(), Self);
        Runs = new(Book, Records, experiments, Desk, Store, slots, wake, Time);
        var aborts = new Aborts(Book, Records, calls, Leadership, Time, NullLogger<Aborts>.Instance);
        var adoption = new Adoption(Book, Records, aborts, calls, samples, History, options, Leadership, NullLogger<Adoption>.Instance);
        Runbooks = new(runbooks ?? new FakeRunbooks(), Store, Time, Leadership);
        var steps = new RunSteps(Book, Records, Halts, aborts, calls, samples, Desk, this, Runbooks.Rollbacks, Health, slots, Levers, Leadership, options, Time);
        Supervisor = new(
            Book, Records, steps, Halts, aborts, adoption, calls, Levers, secondLevers, foreign, samples, Health, Store, Store, wake, slots, Leadership, Self, Replicas, Time, NullLogger<RunSupervisor>.Instance);
        Sync = new(Book, slots, Levers, leader, Store, Leadership, Replicas, new ChangeHints(), wake, Time, NullLogger<RunSync>.Instance);
    }

    public MemoryCells Cells { get; }

    public ReplicaIdentity Self { get; }

    public Leadership Leadership { get; }

    public ReplicaFeed Replicas { get; } = new();

    public EngineCalls Calls { get; }

    public RunSync Sync { get; }

    public FakeTimeProvider Time { get; }

    public MemoryStore Store { get; }

    public MemoryHistory History { get; }

    public FakeEngine Engine { get; }

    public RunFeed Feed { get; } = new();

    public HealthFeed Health { get; } = new();

    public ParameterFeed Parameters { get; } = new();

    public RunBook Book { get; }

    public RunRecords Records { get; }

    public Halts Halts { get; }

    public SafetyLevers Levers { get; }

    public PreflightDesk Desk { get; }

    public RunService Runs { get; }

    public DryRuns DryRuns { get; }

    public RunSupervisor Supervisor { get; }

    public RunbookBench Runbooks { get; }

    public List<string> TurnedOff { get; } = [];

    /// <summary>What the service's health is at each look.</summary>
    public VitalSigns Signs { get; set; } = new(ErrorRate: 0, LatencyP50: 40, LatencyP95: 80, Throughput: 40);

    /// <summary>Whether the service goes on sending samples.</summary>
    public bool Reporting { get; set; } = true;

    /// <summary>Lets seconds pass, one look each.</summary>
    public async Task PassAsync(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await LookAsync();
            if (!Runbooks.Engine.Catalog.Runbooks.IsEmpty)
            {
                await Runbooks.LookAsync();
            }
        }
    }

    /// <summary>One look at health as it is now.</summary>
    public async Task LookAsync()
    {
        var last = Health.Current.Find("storefront")?.At;
        var at = Reporting ? Time.GetUtcNow() : last;
        if (at is not null)
        {
            var errors = (long)Math.Round(40 * (Signs.ErrorRate ?? 0) / 100);
            var sample = new Sample
            {
                Service = "storefront",
                Environment = "test",
                At = at,
                Age = Time.GetUtcNow() - at,
                Freshness = Reporting ? Freshness.Fresh : Freshness.Stale,
                Signs = Signs,
                Requests = 40,
                Errors = errors,
            };
            Health.Publish(new HealthSnapshot(++_look, Time.GetUtcNow(), HealthSnapshot.Empty.Services.SetItem("storefront", sample)));
            History.Record(Health.Current);
        }

        Supervisor.Look(CancellationToken.None);
        await Supervisor.SettledAsync();
    }

    /// <summary>A run that has been going for a few seconds, after half a minute of steady health.</summary>
    public async Task<Run> RunningAsync(string experiment = "network-latency", int seconds = 5)
    {
        await PassAsync(30);
        var launched = Assert.IsType<LaunchOutcome.Accepted>(
            await Runs.LaunchAsync(experiment, "otto", "to see", null, CancellationToken.None));
        await PassAsync(seconds);
        var run = Now(launched.Run.Id);
        Assert.Equal(RunState.Running, run.State);
        return run;
    }

    /// <summary>The console that is started after this one has ended as <c>kill -9</c> ends it.</summary>
    /// <param name="secondsLater">How long no console is there.</param>
    /// <param name="zombie">This one was only frozen: both write to the same store.</param>
    public Bench Restarted(int secondsLater = 0, bool zombie = false)
    {
        var store = zombie ? Store : Store.Copy();
        Time.Advance(TimeSpan.FromSeconds(secondsLater));
        return new(store: store, engine: Engine, time: Time, history: History, runbooks: Runbooks.Engine) { Signs = Signs };
    }

    public Run Now(string id) => Book.Find(id) ?? throw new InvalidOperationException($"There is no run {id}.");

    public ValueTask<(bool Succeeded, string Detail)> TurnOffAsync(string key, string actor, string reason, CancellationToken cancellationToken)
    {
        TurnedOff.Add(key);
        return new((true, $"{key} is OFF."));
    }

    public void Dispose()
    {
        Runs.Dispose();
        Supervisor.Dispose();
        Sync.Dispose();
        Runbooks.Dispose();
        Leadership.Dispose();
    }
}
