using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsConsole.Agents.Wire;

namespace OpsConsole.Client;

/// <summary>Carries out what the application does itself: effects of faults, and actions, each of them once.</summary>
internal sealed partial class FaultActions(
    IServiceProvider services, IOptions<FaultAgentOptions> options, FaultInjector injector, TimeProvider time, ILogger<FaultActions> logger)
{
    private const int RememberedActions = 100;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AgentActionReport?> _outcomes = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private IReadOnlyList<AgentAction> _wanted = [];

    /// <summary>Called when something was carried out.</summary>
    public Action? Done { get; set; }

    /// <summary>Starts the application's own effect of a fault, if it has one.</summary>
    public bool TryStartEffect(InjectedFault fault)
    {
        if (options.Value.Effects.TryGetValue(fault.Order.Kind, out var effect))
        {
            fault.Effect = RunEffectAsync(effect, fault);
            return true;
        }

        return false;
    }

    /// <summary>Begins what was not begun yet.</summary>
    public void Begin(AgentPlan plan)
    {
        List<AgentAction> fresh;
        lock (_gate)
        {
            _wanted = plan.Actions;
            fresh = [.. plan.Actions.Where(action => _outcomes.TryAdd(action.ActionId, null))];
            fresh.ForEach(action => _order.Enqueue(action.ActionId));
            while (_order.Count > RememberedActions)
            {
                _outcomes.Remove(_order.Dequeue());
            }
        }

        foreach (var action in fresh)
        {
            _ = RunAsync(action, TimeSpan.FromMilliseconds(plan.Stamp + action.TimeoutMs - injector.Now));
        }
    }

    /// <summary>The outcomes that the console still waits for.</summary>
    public IReadOnlyList<AgentActionReport> Outcomes()
    {
        lock (_gate)
        {
            return [.. _wanted.Select(action => _outcomes.GetValueOrDefault(action.ActionId)).OfType<AgentActionReport>()];
        }
    }

    private async Task RunEffectAsync(Func<IServiceProvider, FaultEffect, CancellationToken, Task> effect, InjectedFault fault)
    {
        await Task.Yield();
        try
        {
            await effect(services, new FaultEffect(fault), fault.Life).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (fault.IsOver)
        {
            // That is how an effect ends that waits on the fault's life.
        }
        catch (Exception e)
        {
            LogFailed(e, fault.Order.Kind);
        }

        _ = Task.Run(() => Done?.Invoke());
    }

    private async Task RunAsync(AgentAction action, TimeSpan limit)
    {
        await Task.Yield();
        AgentActionReport report;
        try
        {
            if (limit <= TimeSpan.Zero)
            {
                throw new TimeoutException("The order came too late.");
            }

            if (!options.Value.Actions.TryGetValue(action.Name, out var perform))
            {
                throw new NotSupportedException($"This agent cannot do {action.Name}.");
            }

            using var limited = new CancellationTokenSource(limit, time);
            report = new(action.ActionId, true, await perform(services, limited.Token).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            LogFailed(e, action.Name);
            report = new(action.ActionId, false, e.Message);
        }

        lock (_gate)
        {
            _outcomes[action.ActionId] = report;
        }

        Done?.Invoke();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The application could not carry out {Name}.")]
    private partial void LogFailed(Exception exception, string name);
}
