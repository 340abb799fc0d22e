using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using OpsConsole.Core.Health;
using OpsConsole.Embedded.Records;

namespace OpsConsole.Embedded.History;

/// <summary>
/// The last 24 hours live in memory, second by second; every few seconds what came in is written to disk, and a full hour is sealed
/// into chunks of seconds and of minutes. Recording never waits for the disk, and a disk that fails costs only what would have been
/// written to it.
/// </summary>
internal sealed partial class SqliteHealthHistory : IHealthHistory, IDisposable
{
    private const int MostServices = 200;
    private const int HoursOfSeconds = 25;
    private const int HoursOfMinutes = 30 * 24;
    private const int MostHoursInMemory = 2400;
    private const int MostPending = 100_000;
    private const int SequenceReserve = 60;
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly HistoryFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Lock _disk = new();
    private readonly Dictionary<string, ServiceHistory> _services = new(StringComparer.Ordinal);
    private ImmutableSortedSet<string> _names = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
    private List<SecondSample> _pending = [];
    private long _lastSequence;
    private long _reserved;
    private bool _restored;
    private bool _failing;
    private bool _full;
    private bool _disposed;

    public SqliteHealthHistory(SqliteFile file, TimeProvider time, ILogger<SqliteHealthHistory> logger)
    {
        _file = new HistoryFile(file);
        _time = time;
        _logger = logger;
        OnDisk(Restore);
    }

    public long LastSequence => Volatile.Read(ref _lastSequence);

    public IReadOnlyCollection<string> Services => Volatile.Read(ref _names);

    public void Record(HealthSnapshot snapshot)
    {
        lock (_gate)
        {
            _lastSequence = Math.Max(_lastSequence, snapshot.Sequence);
            foreach (var (name, sample) in snapshot.Services)
            {
                if (sample is { IsEvidence: true, At: { } at }
                    && Service(name) is { } service && service.TryKeep(at, snapshot.At, sample.Signs, out var second))
                {
                    Await(name, second, sample.Signs);
                    FillBack(name, service, second, sample.Period, sample.Signs);
                }
            }
        }
    }

    public void Fill(string service, TimeSpan period, IReadOnlyList<PastSigns> past)
    {
        var now = _time.GetUtcNow();
        var oldest = now - TimeSpan.FromHours(HoursOfSeconds - 1);
        lock (_gate)
        {
            if (past.Count == 0 || Service(service) is not { } kept)
            {
                return;
            }

            foreach (var (at, signs) in past)
            {
                if (at >= oldest && at <= now)
                {
                    FillBack(service, kept, at.ToUnixTimeSeconds() + 1, period + TimeSpan.FromSeconds(1), signs);
                }
            }
        }
    }

    /// <summary>The figures of a source that reports every few seconds stand for each second of its period, as far as nothing else is known of it.</summary>
    private void FillBack(string name, ServiceHistory service, long second, TimeSpan period, VitalSigns signs)
    {
        for (var earlier = second - 1; earlier > second - (long)period.TotalSeconds; earlier--)
        {
            if (!service.Has(earlier))
            {
                service.Put(earlier, signs);
                Await(name, earlier, signs);
            }
        }
    }

    private void Await(string name, long second, VitalSigns signs)
    {
        if (_pending.Count < MostPending)
        {
            _pending.Add(new SecondSample(name, second, signs));
        }
    }

    public async ValueTask<HistoryWindow?> ReadAsync(
        string service, DateTimeOffset from, DateTimeOffset to, int points, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(to, from);
        var start = from < Earliest ? Earliest : from > Latest ? Latest : from;
        var end = to > Latest ? Latest : to;
        end = end <= start ? start.AddSeconds(1) : end;
        var ofSeconds = start >= _time.GetUtcNow() - TimeSpan.FromHours(24) - TimeSpan.FromMinutes(5);
        var buckets = new HistoryBuckets(start, end, points, ofSeconds ? 1 : 60);
        return Services.Contains(service, StringComparer.Ordinal)
            ? await Task.Run(() => Fill(service, buckets, ofSeconds), cancellationToken)
            : null;
    }

    /// <summary>
    /// Reads into memory what a console that was not restarted would hold there: newest first and one hour of one service at a time,
    /// so that whoever reads or writes meanwhile comes in between. Nothing depends on it: a read loads by itself what is not there yet.
    /// </summary>
    public void Preload(CancellationToken cancellationToken)
    {
        var now = Hour(_time.GetUtcNow());
        for (var hour = now; hour >= now - HoursOfSeconds; hour--)
        {
            foreach (var service in Services)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var hours = Snapshot(service, hour, hour);
                if (hours.TryAdd(hour, null) && !HasRoom())
                {
                    return;
                }

                Load(service, hours);
            }
        }
    }

    /// <summary>Writes to disk what came in, seals hours that are over and forgets what is too old.</summary>
    public void Flush() => Flush(final: false);

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Flush(final: true);
            _file.Dispose();
        }
    }

    private HistoryWindow Fill(string service, HistoryBuckets buckets, bool ofSeconds)
    {
        var now = Hour(_time.GetUtcNow());
        var first = Math.Max(buckets.Start / HourBlock.Seconds, now - (ofSeconds ? HoursOfSeconds : HoursOfMinutes));
        var last = Math.Min((buckets.End - 1) / HourBlock.Seconds, now + 1);
        if (!ofSeconds && last >= first)
        {
            List<(long Hour, MinuteBlock Block)> minutes = [];
            OnDisk(() => minutes = _file.Minutes(service, first, last));
            var inMemory = Snapshot(service, Math.Max(first, now - HoursOfSeconds), last);
            foreach (var (hour, block) in minutes)
            {
                if (!inMemory.ContainsKey(hour))
                {
                    buckets.Add(hour, block);
                }
            }

            foreach (var (hour, block) in Load(service, inMemory))
            {
                buckets.Add(hour, MinuteBlock.Of(block));
            }
        }
        else
        {
            var hours = Snapshot(service, first, last);
            for (var hour = first; hour <= last; hour++)
            {
                hours.TryAdd(hour, null);
            }

            foreach (var (hour, block) in Load(service, hours))
            {
                buckets.Add(hour, block);
            }
        }

        return buckets.ToWindow(service);
    }

    private Dictionary<long, HourBlock?> Snapshot(string service, long first, long last)
    {
        lock (_gate)
        {
            return _services[service].Hours.Where(pair => pair.Key >= first && pair.Key <= last)
                .ToDictionary(static pair => pair.Key, static HourBlock? (pair) => pair.Value);
        }
    }

    private bool HasRoom()
    {
        lock (_gate)
        {
            return _services.Values.Sum(static service => service.Hours.Count) < MostHoursInMemory;
        }
    }

    /// <summary>The hours' blocks; what is missing in memory is read from disk once and kept.</summary>
    private List<(long Hour, HourBlock Block)> Load(string service, Dictionary<long, HourBlock?> hours)
    {
        var missing = hours.Where(static pair => pair.Value is not { Complete: true }).Select(static pair => pair.Key).ToList();
        if (missing.Count > 0)
        {
            List<(long Hour, HourBlock Block)> stored = [];
            if (OnDisk(() => stored = _file.Seconds(service, missing.Min(), missing.Max())))
            {
                var chunks = stored.ToDictionary(static pair => pair.Hour, static pair => pair.Block);
                lock (_gate)
                {
                    foreach (var hour in missing)
                    {
                        hours[hour] = Complete(_services[service].Hours, hour, chunks.GetValueOrDefault(hour));
                    }
                }
            }
        }

        return [.. hours.Where(static pair => pair.Value is not null).Select(static pair => (pair.Key, pair.Value!)).OrderBy(static pair => pair.Key)];
    }

    private static HourBlock Complete(Dictionary<long, HourBlock> hours, long hour, HourBlock? stored)
    {
        if (!hours.TryGetValue(hour, out var block))
        {
            return hours[hour] = stored ?? new HourBlock { Complete = true };
        }

        if (!block.Complete && stored is not null)
        {
            block.Merge(stored);
        }

        block.Complete = true;
        return block;
    }

    private ServiceHistory? Service(string name)
    {
        if (_services.TryGetValue(name, out var service))
        {
            return service;
        }

        if (_services.Count >= MostServices)
        {
            if (!_full)
            {
                _full = true;
                LogTooManyServices(MostServices, name);
            }

            return null;
        }

        _services[name] = service = new ServiceHistory();
        Volatile.Write(ref _names, _names.Add(name));
        return service;
    }

    private void Restore()
    {
        var names = _file.Services();
        var samples = _file.Recent();
        var sequence = _file.LastSequence();
        lock (_gate)
        {
            foreach (var name in names)
            {
                Service(name);
            }

            foreach (var sample in samples)
            {
                if (_services.TryGetValue(sample.Service, out var service)
                    && (!service.Hours.TryGetValue(sample.Second / HourBlock.Seconds, out var block) || !block.Has((int)(sample.Second % HourBlock.Seconds))))
                {
                    service.Put(sample.Second, sample.Signs);
                }
            }

            _lastSequence = Math.Max(_lastSequence, sequence);
            _restored = true;
        }
    }

    private void Flush(bool final)
    {
        var now = _time.GetUtcNow();
        var hour = Hour(now);
        var sealedBefore = Hour(now - Grace);
        List<SecondSample> samples;
        List<(string Service, long Hour, HourBlock Block)> due;
        long sequence;
        lock (_gate)
        {
            (samples, _pending) = (_pending, []);
            due = [.. from service in _services
                      from block in service.Value.Hours
                      where block.Value.Dirty && block.Key < sealedBefore
                      select (service.Key, block.Key, block.Value)];
            sequence = _lastSequence;
            Forget(hour);
        }

        var reserve = final ? sequence : sequence + 5 > _reserved ? sequence + SequenceReserve : _reserved;
        if (samples.Count == 0 && due.Count == 0 && reserve == _reserved)
        {
            return;
        }

        var written = OnDisk(() =>
        {
            if (!_restored)
            {
                Restore();
                reserve = Math.Max(reserve, LastSequence);
            }

            _file.Write(samples, [.. due.Select(Seal)], reserve, sealedBefore, hour - HoursOfSeconds, hour - HoursOfMinutes);
            _reserved = reserve;
        });
        if (!written)
        {
            lock (_gate)
            {
                _pending.InsertRange(0, samples);
                foreach (var (_, _, block) in due)
                {
                    block.Dirty = true;
                }
            }
        }
    }

    private SealedHour Seal((string Service, long Hour, HourBlock Block) due)
    {
        var (service, hour, block) = due;
        var stored = block.Complete ? null : _file.Seconds(service, hour, hour).Select(static pair => pair.Block).FirstOrDefault();
        lock (_gate)
        {
            block.Dirty = false;
            if (stored is not null)
            {
                block.Merge(stored);
            }

            block.Complete = true;
        }

        return new SealedHour(service, hour, block.Encode(), MinuteBlock.Of(block).Encode());
    }

    private void Forget(long now)
    {
        var inMemory = 0;
        foreach (var service in _services.Values)
        {
            foreach (var hour in service.Hours.Keys.Where(hour => hour < now - HoursOfSeconds).ToList())
            {
                service.Hours.Remove(hour);
            }

            inMemory += service.Hours.Count;
        }

        if (inMemory > MostHoursInMemory)
        {
            var oldest = _services.Values.SelectMany(static service => service.Hours, static (service, pair) => (service, pair.Key, pair.Value))
                .Where(static hour => !hour.Value.Dirty).OrderBy(static hour => hour.Key).Take(inMemory - MostHoursInMemory);
            foreach (var (service, hour, _) in oldest.ToList())
            {
                service.Hours.Remove(hour);
            }
        }
    }

    private bool OnDisk(Action work)
    {
        lock (_disk)
        {
            try
            {
                work();
                if (_failing)
                {
                    _failing = false;
                    LogWell();
                }

                return true;
            }
            catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException or NewerSchemaException)
            {
                _file.Close();
                if (!_failing)
                {
                    _failing = true;
                    LogFailing(_file.Explain(exception));
                }

                return false;
            }
        }
    }

    private static long Hour(DateTimeOffset time) => time.ToUnixTimeSeconds() / HourBlock.Seconds;

    [LoggerMessage(LogLevel.Error, "The history goes on in memory only: {Problem}")]
    private partial void LogFailing(string problem);

    [LoggerMessage(LogLevel.Information, "The history is written to disk again.")]
    private partial void LogWell();

    [LoggerMessage(LogLevel.Warning, "There is a history of {Count} services already; none is kept of {Service} and of others that are new.")]
    private partial void LogTooManyServices(int count, string service);
}
