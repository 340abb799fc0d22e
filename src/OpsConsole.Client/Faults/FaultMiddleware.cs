using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OpsConsole.Agents.Wire;

namespace OpsConsole.Client;

/// <summary>Delays requests and answers them with errors, as far as faults are in force.</summary>
internal sealed class FaultMiddleware(RequestDelegate next, FaultInjector injector, IOptions<FaultAgentOptions> options)
{
    private readonly PathString[] _exempt = [.. options.Value.ExemptPaths.Select(path => new PathString(path))];

    public Task InvokeAsync(HttpContext context) =>
        injector.Live is { } live && !live.Inbound.IsEmpty ? InjectAsync(context, live) : next(context);

    private async Task InjectAsync(HttpContext context, LiveFaults live)
    {
        if (!Array.Exists(_exempt, exempt => context.Request.Path.StartsWithSegments(exempt, StringComparison.OrdinalIgnoreCase)))
        {
            foreach (var fault in live.Inbound)
            {
                if (!Touches(fault, context.Request.Path) || !injector.Strikes(fault))
                {
                    continue;
                }

                if (fault.Order.Kind == AgentWords.Error)
                {
                    fault.Strike();
                    await AnswerAsync(context, fault).ConfigureAwait(false);
                    return;
                }

                await injector.DelayAsync(fault, context.RequestAborted).ConfigureAwait(false);
            }
        }

        await next(context).ConfigureAwait(false);
    }

    private static bool Touches(InjectedFault fault, PathString path) =>
        fault.Order.Route is not { Length: > 0 } route || (path.Value ?? "").StartsWith(route, StringComparison.OrdinalIgnoreCase);

    private static Task AnswerAsync(HttpContext context, InjectedFault fault)
    {
        var status = fault.Order.StatusCode is >= 400 and <= 599 ? fault.Order.StatusCode : StatusCodes.Status503ServiceUnavailable;
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(
            $$"""{"title":"Injected fault","status":{{status}},"detail":"An experiment of the operations console answers for this service."}""",
            context.RequestAborted);
    }
}
