extern alias shop;

using System.Net;
using Microsoft.Extensions.Time.Testing;
using Polly.CircuitBreaker;
using Polly.Timeout;
using shop::Storefront.Dependencies;
using shop::Storefront.Instance;

namespace OpsConsole.Tests.Storefront;

/// <summary>How the Storefront calls what it depends on.</summary>
public sealed class DependencyPipelineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DependencyPipelines _pipelines;
    private int _tries;

    public DependencyPipelineTests() => _pipelines = new(_time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_fails_once_is_repeated()
    {
        await RunAsync(() => _tries == 1 ? throw new HttpRequestException("Gone.") : Task.CompletedTask);

        Assert.Equal(2, _tries);
    }

    [Fact]
    public async Task A_call_that_is_wrong_is_not_repeated()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => RunAsync(() => throw new HttpRequestException("No.", null, HttpStatusCode.BadRequest)));

        Assert.Equal(1, _tries);
    }

    [Fact]
    public async Task A_dependency_that_keeps_failing_is_left_alone_for_a_while_and_then_tried_again()
    {
        await OpenAsync();
        _tries = 0;
        await Assert.ThrowsAnyAsync<BrokenCircuitException>(() => RunAsync(() => Task.CompletedTask));
        Assert.Equal(0, _tries);

        _time.Advance(TimeSpan.FromSeconds(2.5));
        await RunAsync(() => Task.CompletedTask);
        Assert.Equal(1, _tries);
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_given_up()
    {
        var call = _pipelines[DependencyNames.Pricing].ExecuteAsync(
            async token => await Task.Delay(TimeSpan.FromMinutes(1), _time, token), Cancel).AsTask();

        await AdvanceUntilAsync(call);

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
    }

    [Theory]
    [InlineData(typeof(HttpRequestException), true)]
    [InlineData(typeof(TimeoutRejectedException), true)]
    [InlineData(typeof(BrokenCircuitException), true)]
    [InlineData(typeof(InvalidOperationException), false)]
    public void Only_what_the_dependency_did_counts_as_its_failure(Type exception, bool failure) =>
        Assert.Equal(failure, DependencyPipelines.IsFailure((Exception)Activator.CreateInstance(exception)!));

    private async Task OpenAsync()
    {
        for (var i = 0; i < 10; i++)
        {
            try
            {
                await RunAsync(() => throw new HttpRequestException("Gone."));
            }
            catch (Exception e) when (DependencyPipelines.IsFailure(e))
            {
                // So that the circuit opens.
            }
        }
    }

    private async Task RunAsync(Func<Task> call)
    {
        var running = _pipelines[DependencyNames.OrdersDb].ExecuteAsync(
            async _ =>
            {
                _tries++;
                await call();
            },
            Cancel).AsTask();
        await AdvanceUntilAsync(running);
        await running;
    }

    /// <summary>Lets the time pass that retries wait for, in small steps, until the call is over.</summary>
    private async Task AdvanceUntilAsync(Task call)
    {
        while (!call.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }
    }
}
