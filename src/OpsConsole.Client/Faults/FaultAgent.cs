using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsConsole.Agents.Wire;

namespace OpsConsole.Client;

/// <summary>
/// Hears of faults from the console and lets the injector carry them out. A console that is gone changes nothing here: the leases run
/// on by themselves while the connection is tried again.
/// </summary>
internal sealed partial class FaultAgent : BackgroundService
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SilentAtMost = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private readonly ConsoleConnection _connection;
    private readonly FaultInjector _injector;
    private readonly FaultActions _actions;
    private readonly FaultReporter _reporter;
    private readonly FaultDice _dice;
    private readonly FaultAgentOptions _options;
    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly ILogger<FaultAgent> _logger;
    private bool _failing;

    public FaultAgent(
        ConsoleConnection connection,
        FaultInjector injector,
        FaultActions actions,
        FaultReporter reporter,
        FaultDice dice,
        IOptions<FaultAgentOptions> options,
        IServiceProvider services,
        TimeProvider time,
        ILogger<FaultAgent> logger)
    {
        _connection = connection;
        _injector = injector;
        _actions = actions;
        _reporter = reporter;
        _dice = dice;
        _options = options.Value;
        _services = services;
        _time = time;
        _logger = logger;
        injector.TryStartEffect = actions.TryStartEffect;
        injector.Changed = reporter.Hurry;
        actions.Done = reporter.Hurry;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _injector.EndAll();
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var tries = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(() => tries = 0, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, it must not reach the application.
                if (!_failing)
                {
                    _failing = true;
                    LogLost(e.Message);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var longest = Math.Min(
                FirstBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(tries++, 16)), _connection.Options.ReconnectWithin.TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(longest * (0.5 + (_dice.Next() / 2))), _time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(Action connected, CancellationToken stoppingToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(ConnectWithin);
        using var request = new HttpRequestMessage(HttpMethod.Get, Address());
        request.Headers.Accept.Add(new("text/event-stream"));
        using var answer = await _connection.Http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        var stream = await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);

        var plan = new AgentPlan("", 0, 0, 0, [], []);
        Task? reports = null;
        try
        {
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(limit.Token).ConfigureAwait(false))
            {
                limit.CancelAfter(SilentAtMost);
                switch (item.EventType)
                {
                    case AgentWords.PlanEvent:
                        var next = JsonSerializer.Deserialize(item.Data, AgentJson.Default.AgentPlan) ?? throw new JsonException("An empty plan.");
                        if (!_injector.Apply(next))
                        {
                            throw new InvalidOperationException("The console's orders are of an epoch that is over.");
                        }

                        Volatile.Write(ref plan, next);
                        _actions.Begin(next);
                        connected();
                        LogFollowing();
                        reports ??= ReportAsync(() => Volatile.Read(ref plan), limit);
                        _reporter.Hurry();
                        break;
                    case AgentWords.LeaseEvent when JsonSerializer.Deserialize(item.Data, AgentJson.Default.AgentLeases) is { } leases:
                        _injector.Renew(leases);
                        break;
                    case AgentWords.ReplacedEvent:
                        throw new InvalidOperationException("Another process calls itself by the name of this instance.");
                    default:
                        break;
                }
            }

            throw new IOException("The console ended the stream.");
        }
        finally
        {
            await limit.CancelAsync().ConfigureAwait(false);
            if (reports is not null)
            {
                await reports.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ReportAsync(Func<AgentPlan> plan, CancellationTokenSource connection)
    {
        try
        {
            await _reporter.RunAsync(plan, connection.Token).ConfigureAwait(false);
        }
        finally
        {
            await connection.CancelAsync().ConfigureAwait(false);
        }
    }

    private string Address()
    {
        var me = _connection.Options;
        string[] own = _options.InjectIntoRequests
            ? [AgentWords.Latency, AgentWords.Error, AgentWords.DependencyLatency, AgentWords.DependencyOutage]
            : [];
        var capabilities = string.Join(
            ',', own.Concat(_options.Effects.Keys).Concat(_options.Actions.Keys).Concat(_options.Dependencies.Select(name => AgentWords.DependencyPrefix + name)));
        var announces = string.Join(',', _options.Announce?.Invoke(_services) ?? []);
        return $"agents/v1/stream?service={Uri.EscapeDataString(me.Service)}&instance={Uri.EscapeDataString(me.Instance)}"
            + $"&environment={Uri.EscapeDataString(me.Environment)}&capabilities={Uri.EscapeDataString(capabilities)}"
            + $"&announces={Uri.EscapeDataString(announces)}&stamp={_injector.Now}";
    }

    private void LogFollowing()
    {
        if (_failing)
        {
            _failing = false;
            LogBack();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The fault agent cannot follow the console: {Problem} Leases run on; it is tried again.")]
    private partial void LogLost(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "The fault agent follows the console again.")]
    private partial void LogBack();
}
