using System.Globalization;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace OpsConsole.Aws;

/// <summary>
/// How far this machine's clock is ahead of that of AWS, from when answers were given. Metrics are stamped by AWS: with a clock that is wrong,
/// old figures would look fresh, or fresh ones old.
/// </summary>
/// <param name="machine">This machine's clock.</param>
internal sealed class AwsClock(TimeProvider machine)
{
    /// <summary>Answers say the second only, and are some time on their way: a difference that wanders by less has not changed.</summary>
    private static readonly TimeSpan Wandering = TimeSpan.FromSeconds(3);

    private long _ahead;

    public AwsClock()
        : this(TimeProvider.System)
    {
    }

    /// <summary>Zero while the clocks agree, or nothing is known; negative if this machine's is behind.</summary>
    public TimeSpan Ahead => new(Volatile.Read(ref _ahead));

    /// <summary>Learns from an answer that has just come.</summary>
    /// <param name="answeredAt">When AWS gave it.</param>
    public void Learn(DateTimeOffset answeredAt)
    {
        var ahead = machine.GetUtcNow() - answeredAt;
        if ((ahead - Ahead).Duration() > Wandering)
        {
            Volatile.Write(ref _ahead, ahead.Duration() <= Wandering ? 0 : TimeSpan.FromSeconds(Math.Round(ahead.TotalSeconds)).Ticks);
        }
    }
}

/// <summary>Shows the clock when each answer was given.</summary>
internal sealed class ClockHandler(AwsClock clock) : PipelineHandler
{
    public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        var answer = await base.InvokeAsync<T>(executionContext).ConfigureAwait(false);
        if (executionContext.ResponseContext.HttpResponse is { } response
            && DateTimeOffset.TryParseExact(response.GetHeaderValue("Date"), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var answeredAt))
        {
            clock.Learn(answeredAt);
        }

        return answer;
    }
}
