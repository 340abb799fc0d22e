using OpsConsole.Agents.Wire;

namespace OpsConsole.Client;

/// <summary>Delays the calls to one dependency and lets them fail, as far as faults are in force. Stands last, so that retries and timeouts feel it.</summary>
internal sealed class FaultHandler(FaultInjector injector, string dependency) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        injector.Live is { } live && live.Outbound.TryGetValue(dependency, out var faults)
            ? InjectAsync(faults, request, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> InjectAsync(
        IEnumerable<InjectedFault> faults, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        foreach (var fault in faults.Where(injector.Strikes))
        {
            if (fault.Order.Kind == AgentWords.DependencyOutage)
            {
                fault.Strike();
                throw new HttpRequestException(
                    HttpRequestError.ConnectionError, $"Injected fault: the dependency {dependency} is down.");
            }

            await injector.DelayAsync(fault, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
