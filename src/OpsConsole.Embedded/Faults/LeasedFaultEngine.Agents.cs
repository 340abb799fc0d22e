using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Logging;
using OpsConsole.Agents.Wire;

namespace OpsConsole.Embedded.Faults;

/// <summary>The agents' side of the engine: who is connected, what each is told, what each says.</summary>
internal sealed partial class LeasedFaultEngine
{
    /// <summary>What has changed for a connection since its writer looked last.</summary>
    /// <param name="Wake">Ends with the next change.</param>
    /// <param name="Replaced">A newer connection of the same instance counts now.</param>
    /// <param name="Plan">The plan, if it is another one.</param>
    /// <param name="Leases">The leases, if they were renewed and the plan is as it was.</param>
    internal readonly record struct AgentNews(Task Wake, bool Replaced, AgentPlan? Plan, AgentLeases? Leases);

    /// <summary>A connection of an agent; <see langword="null"/> if there are too many agents.</summary>
    public AgentConnection? Connect(
        string service, string instance, IEnumerable<string> capabilities, IEnumerable<string> announces, long stamp)
    {
        lock (_gate)
        {
            var key = (service, instance);
            if (!_agents.TryGetValue(key, out var agent))
            {
                if (_agents.Count >= _options.MaxAgents && !ForgetOne())
                {
                    LogTooMany(_options.MaxAgents);
                    return null;
                }

                _agents.Add(key, agent = new(service, instance));
            }

            if (agent.Stream is not null)
            {
                LogReplaced(service, instance);
            }

            agent.Stream = Guid.CreateVersion7(_time.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture);
            agent.Capabilities = capabilities.ToFrozenSet(StringComparer.Ordinal);
            agent.Announces = announces.ToFrozenSet(StringComparer.Ordinal);
            agent.Stamp = stamp;
            agent.HeardAt = _time.GetTimestamp();
            agent.Report = null;
            Change(agent);
            LogConnected(service, instance);
            return new(this, agent, agent.Stream);
        }
    }

    public void Disconnect(Agent agent, string stream)
    {
        lock (_gate)
        {
            if (agent.Stream == stream)
            {
                agent.Stream = null;
                LogDisconnected(agent.Service, agent.Instance);
                _changed.Beat();
            }
        }
    }

    /// <summary>What a connection's writer has to tell, and what to wait for next.</summary>
    public AgentNews News(Agent agent, string stream, ref long sequence, ref long renewals)
    {
        lock (_gate)
        {
            var wake = agent.Wake.Next;
            if (agent.Stream != stream)
            {
                return new(wake, Replaced: true, null, null);
            }

            var plan = sequence == agent.Sequence ? null : PlanOf(agent, stream);
            var leases = plan is null && renewals != agent.Renewals ? LeasesOf(agent) : null;
            sequence = agent.Sequence;
            renewals = agent.Renewals;
            return new(wake, Replaced: false, plan, leases);
        }
    }

    /// <summary>Takes a report in; <see langword="false"/> if its connection does not count.</summary>
    public bool Hear(AgentReport report)
    {
        lock (_gate)
        {
            var agent = _agents.Values.FirstOrDefault(candidate => candidate.Stream == report.Stream);
            if (agent is null)
            {
                return false;
            }

            if (report.Number <= (agent.Report?.Number ?? 0) || report.Stamp < agent.Stamp)
            {
                return true;
            }

            agent.Report = report;
            agent.Stamp = report.Stamp;
            agent.HeardAt = _time.GetTimestamp();
            agent.ReportedAt = _time.GetUtcNow();
            if (report.Announces is { } announces)
            {
                agent.Announces = announces.ToFrozenSet(StringComparer.Ordinal);
            }

            foreach (var said in report.Actions ?? [])
            {
                agent.Actions.GetValueOrDefault(said.ActionId)?.Outcome.TrySetResult((said.Succeeded, said.Detail));
            }

            HearOfFaults(agent, report);
        }

        _changed.Beat();
        return true;
    }

    /// <summary>The console goes: everybody is told to let go, and the connections end when they have written it.</summary>
    public void Close()
    {
        lock (_gate)
        {
            Stop(_runs.Values);
        }
    }

    private void HearOfFaults(Agent agent, AgentReport report)
    {
        var said = (report.Faults ?? []).ToLookup(fault => fault.FaultId, StringComparer.Ordinal);
        foreach (var run in _runs.Values)
        {
            foreach (var fault in run.Faults)
            {
                if (fault.Agent != agent || report.Sequence < fault.Sequence || (run.Stopped && fault.Proven))
                {
                    continue;
                }

                // What a restarted instance does not know of any more is gone with its process.
                var word = said[fault.Planned.FaultId].FirstOrDefault();
                fault.Hear(word?.Active ?? false, word?.Injected ?? fault.Injected, agent.ReportedAt ?? _time.GetUtcNow(), run.Stopped);
            }
        }
    }

    private AgentPlan PlanOf(Agent agent, string stream)
    {
        var now = _time.GetTimestamp();
        return new(
            stream,
            _epoch.Current,
            agent.Sequence,
            agent.Stamp,
            [
                .. from run in _runs.Values
                   where !run.Stopped
                   from fault in run.Faults
                   where fault.Agent == agent && fault.Deadline > now
                   select ToWire(run, fault, agent),
            ],
            [
                .. from action in agent.Actions
                   where !action.Value.Outcome.Task.IsCompleted
                   select new AgentAction(action.Key, action.Value.Name, Ms(action.Value.Deadline, agent)),
            ]);
    }

    private AgentLeases LeasesOf(Agent agent) => new(
        _epoch.Current,
        agent.Sequence,
        agent.Stamp,
        [
            .. from run in _runs.Values
               where !run.Stopped
               from fault in run.Faults
               where fault.Agent == agent
               select new AgentLease(fault.Planned.FaultId, Ms(LeaseEnd(run, agent), agent)),
        ]);

    private AgentFault ToWire(OrderedRun run, OrderedFault fault, Agent agent)
    {
        var spec = fault.Planned.Spec;
        return new(
            fault.Planned.FaultId,
            run.RunId,
            run.Epoch,
            spec.Kind.ToWord(),
            fault.Planned.Target,
            spec.Dependency,
            spec.Route,
            spec.Delay.TotalMilliseconds,
            spec.Jitter.TotalMilliseconds,
            spec.StatusCode,
            spec.Share,
            Ms(fault.StartAt, agent),
            Ms(fault.EndAt, agent),
            Ms(LeaseEnd(run, agent), agent),
            Ms(fault.Deadline, agent));
    }

    /// <summary>Milliseconds after the agent's last word.</summary>
    private long Ms(long timestamp, Agent agent) =>
        (long)((double)(timestamp - agent.HeardAt) * 1000 / _time.TimestampFrequency);

    /// <summary>The agent's plan is another one now.</summary>
    private void Change(Agent agent)
    {
        agent.Sequence = ++_sequence;
        agent.Wake.Beat();
    }

    private bool ForgetOne()
    {
        var gone = _agents.Values
            .Where(agent => agent.Stream is null && !_runs.Values.Any(run => !run.Stopped && run.Faults.Any(fault => fault.Agent == agent)))
            .MinBy(agent => agent.HeardAt);
        return gone is not null && _agents.Remove((gone.Service, gone.Instance));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The fault agent {Service}/{Instance} is connected.")]
    private partial void LogConnected(string service, string instance);

    [LoggerMessage(Level = LogLevel.Information, Message = "The fault agent {Service}/{Instance} is gone.")]
    private partial void LogDisconnected(string service, string instance);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A second fault agent calls itself {Service}/{Instance}; the newest one counts.")]
    private partial void LogReplaced(string service, string instance);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A fault agent was turned away: {Limit} are known already.")]
    private partial void LogTooMany(int limit);
}
