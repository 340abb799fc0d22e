using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Tests.Replicas;

/// <summary>Replicas with clocks of their own, which neither agree nor are compared.</summary>
public sealed class LeadershipTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(5);
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly MemoryCells _cells = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lease_that_is_free_is_taken_at_once_and_by_one_replica_only()
    {
        using var ana = new Replica(_cells, "ana");
        using var ben = new Replica(_cells, "ben");

        await ana.LookAsync();
        await ben.LookAsync();

        Assert.True(ana.Leads);
        Assert.False(ben.Leads);
        Assert.Equal(0, ben.Leadership.Term);
        Assert.Equal("ana", ben.Leadership.Feed.Current.Lease!.Name);
    }

    [Fact]
    public async Task A_leader_that_renews_leads_on_in_the_same_term_and_nobody_takes_over()
    {
        using var ana = new Replica(_cells, "ana");
        using var ben = new Replica(_cells, "ben");
        await ana.LookAsync();
        var term = ana.Leadership.Term;
        for (var second = 0; second < 60; second++)
        {
            await PassAsync(TimeSpan.FromSeconds(1), ana, ben);
        }

        Assert.True(ana.Leads);
        Assert.Equal(term, ana.Leadership.Term);
        Assert.False(ben.Leads);
    }

    [Fact]
    public async Task A_leader_that_dies_is_followed_within_its_lease_and_a_second_with_a_higher_term()
    {
        using var ana = new Replica(_cells, "ana");
        using var ben = new Replica(_cells, "ben");
        await ana.LookAsync();
        await ben.LookAsync();
        var term = ana.Leadership.Term;

        var seconds = 0;
        for (; !ben.Leads && seconds < 20; seconds++)
        {
            ana.Time.Advance(TimeSpan.FromSeconds(1));
            ben.Time.Advance(TimeSpan.FromSeconds(1));
            await ben.LookAsync();
        }

        Assert.InRange(seconds, 5, 6);
        Assert.False(ana.Leads);
        Assert.True(ben.Leadership.Term > term);
    }

    [Fact]
    public async Task A_lease_that_was_seen_to_change_is_watched_anew_for_a_whole_lease()
    {
        using var ana = new Replica(_cells, "ana");
        using var ben = new Replica(_cells, "ben");
        await ana.LookAsync();
        await ben.LookAsync();

        // Ben is away for an hour and sees a lease that was renewed a moment ago.
        ben.Time.Advance(TimeSpan.FromHours(1));
        ana.Time.Advance(TimeSpan.FromSeconds(4));
        await ana.LookAsync();
        await ben.LookAsync();

        Assert.False(ben.Leads);
        Assert.True(ana.Leads);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task Clocks_that_differ_by_an_hour_make_no_second_leader_and_no_lower_term(int seconds)
    {
        using var ana = new Replica(_cells, "ana");
        using var ben = new Replica(_cells, "ben", Noon.AddSeconds(seconds));
        await ana.LookAsync();
        var term = ana.Leadership.Term;
        for (var second = 0; second < 10; second++)
        {
            await PassAsync(TimeSpan.FromSeconds(1), ana, ben);
            Assert.False(ben.Leads);
        }

        await ana.Leadership.ReleaseAsync(Cancelled);
        await ben.LookAsync();

        Assert.True(ben.Leads);
        Assert.True(ben.Leadership.Term > term);
    }

    [Fact]
    public async Task A_paused_leader_finds_its_lease_over_before_anybody_could_have_taken_it()
    {
        using var ana = new Replica(_cells, "ana");
        using var ben = new Replica(_cells, "ben");
        await ana.LookAsync();
        await ben.LookAsync();

        // At every moment at which ben may lead, ana knows that she does not.
        for (var tenth = 0; tenth < 100; tenth++)
        {
            ana.Time.Advance(TimeSpan.FromMilliseconds(100));
            ben.Time.Advance(TimeSpan.FromMilliseconds(100));
            await ben.LookAsync();
            Assert.False(ana.Leads && ben.Leads);
        }

        Assert.True(ben.Leads);
        await ana.LookAsync();
        Assert.False(ana.Leads);
        Assert.False(ana.Leadership.IsLastLeader);
    }

    [Fact]
    public async Task A_leader_whose_machine_was_suspended_does_not_lead_when_it_wakes()
    {
        var clock = new SuspendableClock(Noon);
        using var leadership = new Leadership(_cells.Open(), new HandWitness(), new ReplicaIdentity("ana-1", "ana"), Ttl, clock);
        await leadership.LookAsync(Cancelled);
        Assert.True(leadership.IsLeader);

        clock.Suspend(TimeSpan.FromMinutes(10));

        Assert.False(leadership.IsLeader);
    }

    [Fact]
    public async Task A_leader_that_released_its_lease_is_followed_at_the_next_look()
    {
        using var ana = new Replica(_cells, "ana");
        using var ben = new Replica(_cells, "ben");
        await ana.LookAsync();
        await ben.LookAsync();

        await ana.Leadership.ReleaseAsync(Cancelled);
        await ana.LookAsync();
        await ben.LookAsync();

        Assert.False(ana.Leads);
        Assert.True(ben.Leads);
    }

    [Fact]
    public async Task A_leader_whose_process_is_proven_to_have_ended_is_followed_at_the_next_look()
    {
        using var ana = new Replica(_cells, "ana");
        using var ben = new Replica(_cells, "ben");
        await ana.LookAsync();
        ben.Witness.Ended.Add("ana-1");

        await ben.LookAsync();

        Assert.True(ben.Leads);
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_is_no_loss_of_the_lease()
    {
        using var ana = new Replica(_cells, "ana");
        await ana.LookAsync();
        var term = ana.Leadership.Term;
        ana.Cells.Deaf = true;
        await PassAsync(TimeSpan.FromSeconds(1), ana);
        Assert.True(ana.Leads);

        ana.Cells.Deaf = false;
        await PassAsync(TimeSpan.FromSeconds(1), ana);

        Assert.True(ana.Leads);
        Assert.Equal(term, ana.Leadership.Term);
    }

    [Fact]
    public async Task A_lease_that_was_taken_by_a_write_whose_answer_was_lost_is_not_waited_for()
    {
        using var ana = new Replica(_cells, "ana");
        ana.Cells.Deaf = true;
        await _cells.Open().WriteAsync("leader", """{"owner":"ana-1","name":"ana","term":7,"ttlMs":5000,"since":"2026-01-01T00:00:00Z","look":0}"""u8.ToArray(), 0, Cancelled);
        await ana.LookAsync();
        ana.Cells.Deaf = false;

        await ana.LookAsync();

        Assert.True(ana.Leads);
    }

    [Fact]
    public async Task A_leader_that_cannot_reach_the_store_ends_in_time_and_leads_on_when_nobody_took_over()
    {
        using var ana = new Replica(_cells, "ana");
        await ana.LookAsync();
        var term = ana.Leadership.Term;
        ana.Cells.Unreachable = true;
        for (var second = 0; second < 6; second++)
        {
            await PassAsync(TimeSpan.FromSeconds(1), ana);
        }

        Assert.False(ana.Leads);
        Assert.True(ana.Leadership.IsCutOff);
        Assert.True(ana.Leadership.IsLastLeader);

        ana.Cells.Unreachable = false;
        await ana.LookAsync();
        Assert.True(ana.Leads);
        Assert.Equal(term, ana.Leadership.Term);
    }

    [Fact]
    public async Task A_replica_that_is_proven_to_be_alone_leads_on_without_a_store()
    {
        using var ana = new Replica(_cells, "ana");
        ana.Witness.Alone = true;
        ana.Cells.Unreachable = true;
        for (var second = 0; second < 10; second++)
        {
            await PassAsync(TimeSpan.FromSeconds(1), ana);
            Assert.True(ana.Leads);
        }

        var term = ana.Leadership.Term;
        ana.Witness.Alone = false;
        for (var second = 0; second < 5; second++)
        {
            await PassAsync(TimeSpan.FromSeconds(1), ana);
        }

        Assert.False(ana.Leads);
        ana.Cells.Unreachable = false;
        await ana.LookAsync();
        Assert.True(ana.Leads);
        Assert.True(ana.Leadership.Term >= term);
    }

    [Fact]
    public async Task The_looks_of_a_new_leader_are_numbered_beyond_any_that_the_old_one_can_have_shown()
    {
        using var ana = new Replica(_cells, "ana");
        using var ben = new Replica(_cells, "ben");
        await ana.LookAsync();
        ana.Leadership.Look = 100;
        await PassAsync(TimeSpan.FromSeconds(1), ana, ben);

        for (var second = 0; second < 6; second++)
        {
            await PassAsync(TimeSpan.FromSeconds(1), ben);
        }

        Assert.True(ben.Leads);
        Assert.InRange(ben.Leadership.LooksAfter, 106, 120);
    }

    [Fact]
    public async Task Of_many_who_look_at_once_at_a_lease_that_is_over_one_leads()
    {
        var replicas = Enumerable.Range(0, 8).Select(index => new Replica(_cells, $"r{index}")).ToList();
        await replicas[0].LookAsync();
        for (var round = 0; round < 20; round++)
        {
            var leader = Assert.Single(replicas, replica => replica.Leads);
            await leader.LookAsync();
            await Task.WhenAll(replicas.Where(replica => replica != leader).Select(replica => replica.LookAsync()));
            foreach (var replica in replicas)
            {
                replica.Time.Advance(Ttl + TimeSpan.FromSeconds(1));
            }

            await Task.WhenAll(replicas.Where(replica => replica != leader).Select(replica => Task.Run(replica.LookAsync, Cancelled)));
        }

        replicas.ForEach(replica => replica.Dispose());
    }

    private static async Task PassAsync(TimeSpan time, params Replica[] replicas)
    {
        foreach (var replica in replicas)
        {
            replica.Time.Advance(time);
            await replica.LookAsync();
        }
    }

    [Fact]
    public async Task A_replica_that_gives_up_on_a_store_that_is_silent_knows_that_it_is_cut_off_until_the_store_answers()
    {
        using var ana = new Replica(_cells, "ana");
        using var ben = new Replica(_cells, "ben");
        await ana.LookAsync();
        await ben.LookAsync();
        ben.Cells.Silent = true;
        using var patience = new CancellationTokenSource();

        var look = ben.Leadership.LookAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => look);

        Assert.True(ben.Leadership.IsCutOff);
        Assert.NotNull(ben.Leadership.Feed.Current.Problem);
        ben.Cells.Silent = false;
        await ben.LookAsync();
        Assert.False(ben.Leadership.IsCutOff);
    }

    private sealed class Replica : IDisposable
    {
        public Replica(MemoryCells cells, string name, DateTimeOffset? clock = null)
        {
            Time = new(clock ?? Noon);
            Cells = cells.Open();
            Leadership = new(Cells, Witness, new ReplicaIdentity(name + "-1", name), Ttl, Time);
        }

        public FakeTimeProvider Time { get; }

        public MemoryCells.Way Cells { get; }

        public HandWitness Witness { get; } = new();

        public Leadership Leadership { get; }

        public bool Leads => Leadership.IsLeader;

        public Task LookAsync() => Leadership.LookAsync(Cancelled);

        public void Dispose() => Leadership.Dispose();
    }

    /// <summary>The monotonic clock of a machine stands still while it is suspended; its wall clock does not.</summary>
    private sealed class SuspendableClock(DateTimeOffset start) : TimeProvider
    {
        private DateTimeOffset _now = start;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => 1;

        public void Suspend(TimeSpan time) => _now += time;
    }
}
