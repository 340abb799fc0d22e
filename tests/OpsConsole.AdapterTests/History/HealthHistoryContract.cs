using OpsConsole.Core.Health;

namespace OpsConsole.AdapterTests.History;

/// <summary>A history over one place, with a clock that is set by hand.</summary>
public interface IHistoryUnderTest : IDisposable
{
    IHealthHistory History { get; }

    /// <summary>Waits until what was recorded is on disk.</summary>
    void Settle();
}

/// <summary>What every history must do.</summary>
public abstract class HealthHistoryContract
{
    private protected static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private long _sequence;

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected DateTimeOffset Now { get; set; } = Noon;

    /// <summary>Opens a history at <see cref="Now"/>; each call opens another one over the same place.</summary>
    protected abstract IHistoryUnderTest Open();

    [Fact]
    public async Task Nothing_is_known_of_a_service_that_was_never_seen()
    {
        using var open = Open();

        Assert.Null(await open.History.ReadAsync("shop", Noon.AddHours(-1), Noon, 100, Cancelled));
        Assert.Empty(open.History.Services);
        Assert.Equal(0, open.History.LastSequence);
    }

    [Fact]
    public async Task Every_second_is_kept_and_a_gap_stays_a_gap()
    {
        using var open = Open();
        Record(open, "shop", Noon.AddSeconds(-10), 1);
        Record(open, "shop", Noon.AddSeconds(-9), 2);
        Record(open, "shop", Noon.AddSeconds(-7), 4);

        var window = await open.History.ReadAsync("shop", Noon.AddSeconds(-10), Noon.AddSeconds(-6), 100, Cancelled);

        Assert.Equal((Noon.AddSeconds(-10), TimeSpan.FromSeconds(1), 4), (window!.From, window.Step, window.Count));
        Assert.Equal([1, 2, float.NaN, 4], Latency(window).Max);
        Assert.All(window.Series.Single(series => series.Sign == VitalSign.ErrorRate).Mean, value => Assert.True(float.IsNaN(value)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    [InlineData(1000)]
    public async Task Peaks_survive_when_a_window_is_cut_into_few_points(int points)
    {
        using var open = Open();
        for (var second = 0; second < 3600; second++)
        {
            Record(open, "shop", Noon.AddSeconds(second - 3600), second switch { 1234 => 5000, 2345 => 1, _ => 100 });
        }

        var window = (await open.History.ReadAsync("shop", Noon.AddHours(-1), Noon, points, Cancelled))!;

        Assert.InRange(window.Count, 1, points);
        Assert.True(window.From <= Noon.AddHours(-1) && window.From + (window.Count * window.Step) >= Noon);
        Assert.Equal(5000, Latency(window).Max.Max());
        Assert.Equal(1, Latency(window).Min.Min());
        Assert.DoesNotContain(Latency(window).Mean, float.IsNaN);
    }

    [Fact]
    public async Task Only_evidence_that_is_newer_than_the_last_is_kept()
    {
        using var open = Open();
        Record(open, "shop", Noon.AddSeconds(-5), 50);
        Record(open, "shop", Noon.AddSeconds(-5), 99);
        Record(open, "shop", Noon.AddSeconds(-6), 99);
        Record(open, "shop", Noon.AddSeconds(-3), 99, Freshness.Stale);
        Record(open, "shop", Noon.AddSeconds(-2), 99, Freshness.Failed);
        Record(open, "shop", Noon.AddSeconds(-1), double.NaN);
        Record(open, "shop", Noon.AddMinutes(10), 99, looked: Noon);

        var window = (await open.History.ReadAsync("shop", Noon.AddSeconds(-7), Noon, 100, Cancelled))!;

        Assert.Equal([float.NaN, float.NaN, 50, float.NaN, float.NaN, float.NaN, float.NaN], Latency(window).Max);
    }

    [Fact]
    public async Task Two_samples_that_fell_into_one_second_fill_the_gap_beside_it()
    {
        using var open = Open();
        foreach (var (milliseconds, value) in new[] { (-4980, 1), (-2990, 2), (-2010, 3), (-1005, 4) })
        {
            Record(open, "shop", Noon.AddMilliseconds(milliseconds), value);
        }

        var window = (await open.History.ReadAsync("shop", Noon.AddSeconds(-5), Noon.AddSeconds(-1), 100, Cancelled))!;

        Assert.Equal([1, 2, 3, 4], Latency(window).Max);
    }

    [Fact]
    public async Task A_history_is_there_after_opening_again()
    {
        using (var before = Open())
        {
            for (var second = 0; second < 7200; second++)
            {
                Record(before, "shop", Noon.AddSeconds(second - 7200), second);
                if (second % 600 == 599)
                {
                    before.Settle();
                }
            }
        }

        using var open = Open();
        var window = (await open.History.ReadAsync("shop", Noon.AddHours(-2), Noon, 3600, Cancelled))!;

        Assert.Equal(_sequence, open.History.LastSequence);
        Assert.Equal(["shop"], open.History.Services);
        Assert.Equal(Enumerable.Range(0, 3600).Select(pair => (pair * 2f) + 1), Latency(window).Max);
    }

    [Fact]
    public async Task What_is_older_than_a_day_is_answered_by_the_minute_with_its_peaks()
    {
        using var open = Open();
        for (var second = 0; second < 3600; second++)
        {
            Record(open, "shop", Noon.AddSeconds(second), second == 90 ? 700 : 100);
        }

        Now = Noon.AddHours(1).AddMinutes(2);
        open.Settle();
        Now = Noon.AddDays(3);
        Record(open, "shop", Now.AddSeconds(-1), 5);
        open.Settle();

        var window = (await open.History.ReadAsync("shop", Noon, Noon.AddHours(1), 1000, Cancelled))!;

        Assert.Equal((Noon, TimeSpan.FromMinutes(1), 60), (window.From, window.Step, window.Count));
        Assert.Equal(700, Latency(window).Max[1]);
        Assert.Equal(100, Latency(window).Min[1]);
        Assert.Equal(110, Latency(window).Mean[1], 0.1);
        Assert.Equal(100, Latency(window).Max[59]);
    }

    [Fact]
    public async Task What_is_older_than_thirty_days_is_gone()
    {
        using var open = Open();
        Record(open, "shop", Noon, 1);
        Now = Noon.AddHours(2);
        open.Settle();
        Now = Noon.AddDays(31);
        Record(open, "shop", Now, 2);
        Now += TimeSpan.FromHours(2);
        open.Settle();

        var window = (await open.History.ReadAsync("shop", Noon.AddHours(-1), Now, 5000, Cancelled))!;

        Assert.DoesNotContain(1f, Latency(window).Max);
        Assert.Contains(2f, Latency(window).Max);
    }

    [Fact]
    public async Task A_million_services_are_not_kept()
    {
        using var open = Open();
        for (var number = 0; number < 1000; number++)
        {
            Record(open, "service-" + number, Noon.AddSeconds(-1), 1);
        }

        open.Settle();
        Record(open, "service-0", Noon, 2);

        Assert.InRange(open.History.Services.Count, 100, 500);
        var window = await open.History.ReadAsync("service-0", Noon.AddSeconds(-1), Noon.AddSeconds(1), 2, Cancelled);
        Assert.Equal([1, 2], Latency(window!).Max);
    }

    [Fact]
    public async Task A_clock_that_was_wrong_and_is_set_back_does_not_stop_the_history()
    {
        using var open = Open();
        Now = Noon.AddDays(1);
        Record(open, "shop", Now, 1);
        Now = Noon;
        Record(open, "shop", Now, 2);

        var window = await open.History.ReadAsync("shop", Noon, Noon.AddSeconds(1), 10, Cancelled);

        Assert.Equal([2], Latency(window!).Max);
    }

    [Theory]
    [InlineData(0, 60, 0)]
    [InlineData(0, 60, 5001)]
    [InlineData(60, 60, 10)]
    [InlineData(61, 60, 10)]
    public async Task A_question_that_makes_no_sense_is_refused(int from, int to, int points)
    {
        using var open = Open();

        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await open.History.ReadAsync("shop", Noon.AddSeconds(from), Noon.AddSeconds(to), points, Cancelled));
    }

    [Fact]
    public async Task The_widest_window_is_answered()
    {
        using var open = Open();
        Record(open, "shop", Noon, 1);

        foreach (var points in new[] { 1, 2, 3, 5000 })
        {
            var window = (await open.History.ReadAsync("shop", DateTimeOffset.MinValue, DateTimeOffset.MaxValue, points, Cancelled))!;
            Assert.InRange(window.Count, 1, points);
            Assert.Contains(1f, Latency(window).Max);
        }
    }

    private protected void Record(
        IHistoryUnderTest open, string service, DateTimeOffset at, double latency, Freshness freshness = Freshness.Fresh, DateTimeOffset? looked = null)
    {
        var sample = new Sample
        {
            Service = service,
            Environment = "test",
            At = at,
            Freshness = freshness,
            Signs = new VitalSigns(LatencyP95: latency),
        };
        open.History.Record(new HealthSnapshot(++_sequence, looked ?? at, HealthSnapshot.Empty.Services.Add(service, sample)));
    }

    private protected static HistorySeries Latency(HistoryWindow window) =>
        window.Series.Single(series => series.Sign == VitalSign.LatencyP95);
}
