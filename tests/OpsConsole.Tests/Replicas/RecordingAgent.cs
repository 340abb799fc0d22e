using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using OpsConsole.Agents.Wire;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Replicas;

/// <summary>
/// A fault agent that keeps the protocol and writes down every order: how often each fault was begun, under which epoch. It lets go when a
/// lease runs out, and comes back by itself when its connection is lost.
/// </summary>
internal sealed class RecordingAgent : IAsyncDisposable
{
    private static readonly TimeSpan SilentAtMost = TimeSpan.FromSeconds(7);

    private readonly CancellationTokenSource _over = new();
    private readonly HttpClient _http;
    private readonly string _service;
    private readonly string _instance;
    private readonly Lock _gate = new();
    private readonly long _origin = TimeProvider.System.GetTimestamp();
    private readonly Dictionary<string, (AgentFault Fault, long LeaseEnd)> _active = new(StringComparer.Ordinal);
    private readonly Task _loop;
    private long _number;
    private long _epoch;

    public RecordingAgent(Uri console, string service, string instance = "i-1")
    {
        _http = Replica.Client(console, ConsoleHost.ApplicationKey);
        _http.Timeout = Timeout.InfiniteTimeSpan;
        (_service, _instance) = (service, instance);
        _loop = FollowAsync();
    }

    /// <summary>How often each fault was begun.</summary>
    public ConcurrentDictionary<string, int> Begun { get; } = new(StringComparer.Ordinal);

    /// <summary>The faults that are in force now.</summary>
    public IReadOnlyList<string> Active
    {
        get
        {
            lock (_gate)
            {
                Expire();
                return [.. _active.Keys];
            }
        }
    }

    private long Now => (long)TimeProvider.System.GetElapsedTime(_origin).TotalMilliseconds;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _loop;
        _http.Dispose();
        _over.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                await ConnectAsync();
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
            {
                // Again, in a moment.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ConnectAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        limit.CancelAfter(SilentAtMost);
        using var answer = await _http.GetAsync(
            $"/agents/v1/stream?service={_service}&instance={_instance}&environment=test&capabilities=latency,error&announces=&stamp={Now}",
            HttpCompletionOption.ResponseHeadersRead,
            limit.Token);
        answer.EnsureSuccessStatusCode();
        Task? reports = null;
        AgentPlan? plan = null;
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(limit.Token))
            {
                limit.CancelAfter(SilentAtMost);
                if (item.EventType == AgentWords.PlanEvent)
                {
                    var next = JsonSerializer.Deserialize<AgentPlan>(item.Data, JsonSerializerOptions.Web)!;
                    Apply(next);
                    Volatile.Write(ref plan, next);
                    reports ??= ReportAsync(() => Volatile.Read(ref plan)!, limit);
                }
                else if (item.EventType == AgentWords.LeaseEvent)
                {
                    Renew(JsonSerializer.Deserialize<AgentLeases>(item.Data, JsonSerializerOptions.Web)!);
                }
                else if (item.EventType == AgentWords.ReplacedEvent)
                {
                    return;
                }
            }
        }
        finally
        {
            await limit.CancelAsync();
            if (reports is not null)
            {
                await reports;
            }
        }
    }

    private void Apply(AgentPlan plan)
    {
        lock (_gate)
        {
            if (plan.Epoch < _epoch)
            {
                throw new InvalidOperationException("The orders are of an epoch that is over.");
            }

            _epoch = plan.Epoch;
            Expire();
            foreach (var gone in _active.Keys.Except(plan.Faults.Select(fault => fault.FaultId), StringComparer.Ordinal).ToList())
            {
                _active.Remove(gone);
            }

            foreach (var fault in plan.Faults)
            {
                if (!_active.ContainsKey(fault.FaultId))
                {
                    Begun.AddOrUpdate(fault.FaultId, 1, static (_, count) => count + 1);
                }

                _active[fault.FaultId] = (fault, plan.Stamp + fault.LeaseMs);
            }
        }
    }

    private void Renew(AgentLeases leases)
    {
        lock (_gate)
        {
            Expire();
            foreach (var lease in leases.Leases.Where(lease => leases.Epoch >= _epoch && _active.ContainsKey(lease.FaultId)))
            {
                _active[lease.FaultId] = (_active[lease.FaultId].Fault, leases.Stamp + lease.LeaseMs);
            }
        }
    }

    private void Expire()
    {
        foreach (var over in _active.Where(fault => fault.Value.LeaseEnd <= Now).Select(fault => fault.Key).ToList())
        {
            _active.Remove(over);
        }
    }

    private async Task ReportAsync(Func<AgentPlan> plan, CancellationTokenSource connection)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        try
        {
            do
            {
                var current = plan();
                AgentReport report;
                lock (_gate)
                {
                    Expire();
                    report = new(
                        current.Stream,
                        ++_number,
                        _epoch,
                        current.Sequence,
                        Now,
                        [.. _active.Values.Select(fault => new AgentFaultReport(fault.Fault.FaultId, fault.Fault.RunId, fault.Fault.Kind, fault.Fault.Target, true, 1))],
                        [],
                        []);
                }

                using var answer = await _http.PostAsJsonAsync("/agents/v1/report", report, JsonSerializerOptions.Web, connection.Token);
                answer.EnsureSuccessStatusCode();
            }
            while (await timer.WaitForNextTickAsync(connection.Token));
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException)
        {
            // The connection does not count any more; a new one is opened.
            await connection.CancelAsync();
        }
    }
}
