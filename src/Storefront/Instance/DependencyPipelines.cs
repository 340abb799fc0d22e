using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using Storefront.Dependencies;

namespace Storefront.Instance;

/// <summary>How each dependency is called: a limit on the whole, retries where the call may be repeated, a circuit breaker, a limit on each try.</summary>
internal sealed class DependencyPipelines
{
    private readonly Dictionary<string, ResiliencePipeline> _pipelines;

    public DependencyPipelines(TimeProvider time) => _pipelines = new(StringComparer.Ordinal)
    {
        [DependencyNames.MlModel] = Build(time, whole: 800, each: 400, retries: 1),
        [DependencyNames.Pricing] = Build(time, whole: 800, each: 400, retries: 1),
        [DependencyNames.Inventory] = Build(time, whole: 1000, each: 500, retries: 1),
        [DependencyNames.OrdersDb] = Build(time, whole: 2000, each: 900, retries: 1),
    };

    public ResiliencePipeline this[string dependency] => _pipelines[dependency];

    /// <summary>Whether a call failed for the dependency's sake.</summary>
    public static bool IsFailure(Exception exception) =>
        exception is HttpRequestException or TimeoutRejectedException or BrokenCircuitException;

    /// <summary>Every call may be repeated: it only reads, or it names what it writes.</summary>
    private static ResiliencePipeline Build(TimeProvider time, int whole, int each, int retries) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(TimeSpan.FromMilliseconds(whole))
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<TimeoutRejectedException>()
                    .Handle<HttpRequestException>(e => e.StatusCode is null or >= HttpStatusCode.InternalServerError),
                MaxRetryAttempts = retries,
                Delay = TimeSpan.FromMilliseconds(20),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<TimeoutRejectedException>()
                    .Handle<HttpRequestException>(e => e.StatusCode is null or >= HttpStatusCode.InternalServerError),
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(5),
                BreakDuration = TimeSpan.FromSeconds(2),
            })
            .AddTimeout(TimeSpan.FromMilliseconds(each))
            .Build();
}
