using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OpsConsole.Agents.Wire;

namespace OpsConsole.Embedded.Faults;

/// <summary>One open stream to an agent: the newest plan at once and after each change, renewed leases, and a sign of life in between.</summary>
internal sealed class AgentConnection(LeasedFaultEngine engine, Agent agent, string stream)
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(2);

    /// <summary>What is written. A slow reader gets the newest plan, never a queue of old ones.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="closing">The console goes: the last plan is written, then the stream ends.</param>
    /// <param name="cancellationToken">The agent is gone.</param>
    public async IAsyncEnumerable<SseItem<string>> EventsAsync(
        TimeProvider time, CancellationToken closing, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long sequence = -1;
        long renewals = 0;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(closing, cancellationToken);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var last = closing.IsCancellationRequested;
                if (last)
                {
                    engine.Close();
                }

                var news = engine.News(agent, stream, ref sequence, ref renewals);
                if (news.Replaced)
                {
                    yield return new("{}", AgentWords.ReplacedEvent);
                    yield break;
                }

                yield return news switch
                {
                    { Plan: { } plan } => new(JsonSerializer.Serialize(plan, AgentJson.Default.AgentPlan), AgentWords.PlanEvent),
                    { Leases: { } leases } => new(JsonSerializer.Serialize(leases, AgentJson.Default.AgentLeases), AgentWords.LeaseEvent),
                    _ => new("{}", AgentWords.PingEvent),
                };
                if (last)
                {
                    yield break;
                }

                await news.Wake.WaitAsync(PingEvery, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            engine.Disconnect(agent, stream);
        }
    }
}
