using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsConsole.Agents.Wire;

namespace OpsConsole.Client;

/// <summary>
/// Tells the console how things are: twice after every change, some milliseconds apart, so that it sees that nothing moves any more,
/// and regularly in between, from which the leases are counted.
/// </summary>
internal sealed partial class FaultReporter(
    ConsoleConnection connection,
    FaultInjector injector,
    FaultActions actions,
    IServiceProvider services,
    IOptions<FaultAgentOptions> options,
    TimeProvider time,
    ILogger<FaultReporter> logger) : IDisposable
{
    private const int MostInHaste = 20;
    private static readonly TimeSpan InHaste = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Regularly = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _news = new(0, 1);
    private long _number;
    private bool _failing;

    /// <summary>Something has changed that the console wants to hear of at once.</summary>
    public void Hurry()
    {
        try
        {
            _news.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is about to be told already.
        }
    }

    /// <summary>Reports until the connection is over; returns when the console does not count it any more.</summary>
    /// <param name="plan">The newest plan that is carried out.</param>
    /// <param name="cancellationToken">The connection is over.</param>
    public async Task RunAsync(Func<AgentPlan> plan, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var quiet = 0;
            for (var sent = 0; sent < MostInHaste && quiet < 2; sent++)
            {
                if (sent > 0)
                {
                    await Task.Delay(InHaste, time, cancellationToken).ConfigureAwait(false);
                }

                var report = Report(plan());
                if (!await SendAsync(report, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }

                quiet = IsSettled(report, plan()) ? quiet + 1 : 0;
            }

            while (!await HasNewsAsync(cancellationToken).ConfigureAwait(false))
            {
                if (!await SendAsync(Report(plan()), cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
    }

    /// <summary>Waits for news, or for the next regular report.</summary>
    private async Task<bool> HasNewsAsync(CancellationToken cancellationToken)
    {
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var news = _news.WaitAsync(rest.Token);
        await Task.WhenAny(news, Task.Delay(Regularly, time, rest.Token)).ConfigureAwait(false);
        await rest.CancelAsync().ConfigureAwait(false);
        await news.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return news.IsCompletedSuccessfully;
    }

    /// <summary>Whether nothing is active that the plan does not want any more.</summary>
    private static bool IsSettled(AgentReport report, AgentPlan plan) =>
        report.Faults!.All(said => !said.Active || plan.Faults.Any(wanted => wanted.FaultId == said.FaultId));

    private AgentReport Report(AgentPlan plan)
    {
        var now = injector.Now;
        return new(
            plan.Stream,
            ++_number,
            injector.Epoch,
            plan.Sequence,
            now,
            [
                .. injector.Known().Select(fault => new AgentFaultReport(
                    fault.Order.FaultId, fault.Order.RunId, fault.Order.Kind, fault.Order.Target, fault.IsActive(now), fault.Injected)),
            ],
            actions.Outcomes(),
            options.Value.Announce is { } announce ? [.. announce(services)] : null);
    }

    private async Task<bool> SendAsync(AgentReport report, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(AnswerWithin);
        try
        {
            using var answer = await connection.Http
                .PostAsJsonAsync("agents/v1/report", report, AgentJson.Default.AgentReport, limited.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.Conflict)
            {
                Fail($"HTTP {(int)answer.StatusCode}");
            }
            else
            {
                _failing = false;
            }

            return answer.StatusCode != HttpStatusCode.Conflict;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is HttpRequestException or OperationCanceledException or IOException)
        {
            Fail(e.Message);
            return true;
        }
    }

    public void Dispose() => _news.Dispose();

    private void Fail(string problem)
    {
        if (!_failing)
        {
            _failing = true;
            LogNotHeard(problem);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The console does not take the reports on faults: {Problem}")]
    private partial void LogNotHeard(string problem);
}
