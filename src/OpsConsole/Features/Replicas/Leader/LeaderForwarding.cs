using System.Net;
using System.Security.Claims;
using Microsoft.Net.Http.Headers;
using OpsConsole.Api;
using OpsConsole.Core.Replicas;
using OpsConsole.Shell.Auth;
using Yarp.ReverseProxy.Forwarder;

namespace OpsConsole.Features.Replicas;

/// <summary>
/// Passes on to the leader what only a leader can serve: metrics and the streams of fault agents. Applications need not know who leads; a
/// stream ends when the leader changes, and the application's next try reaches the new one.
/// </summary>
internal sealed class LeaderForwarding(
    Leadership leadership, LeaderWatch watch, LeaderHttp http, IHttpForwarder forwarder, ReplicaTokens tokens, IHostApplicationLifetime lifetime)
{
    private static readonly ForwarderRequestConfig Config = new()
    {
        ActivityTimeout = TimeSpan.FromSeconds(15),
        Version = HttpVersion.Version11,
        AllowResponseBuffering = false,
    };

    private readonly Speaking _speaking = new(tokens);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ServedByLeader>() is null)
        {
            await next(context);
            return;
        }

        var (mine, leader, whileSo) = watch.Now;
        if (mine)
        {
            // A stream that began here must end when another replica leads.
            using var served = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, whileSo);
            context.RequestAborted = served.Token;
            await next(context);
        }
        else if (leader is null || context.Request.Headers.ContainsKey(ReplicaTokens.Header))
        {
            await RefuseAsync(context);
        }
        else
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(whileSo, lifetime.ApplicationStopping);
            var problem = await forwarder.SendAsync(context, leader, http.Invoker, Config, _speaking, either.Token);
            if (problem is not ForwarderError.None && !context.Response.HasStarted)
            {
                await RefuseAsync(context);
            }
        }
    }

    private Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return Problems.NoLeader(leadership.Feed.Current.Problem ?? "No replica of the console leads at the moment; one will within seconds.")
            .ExecuteAsync(context);
    }

    /// <summary>Speaks for the caller, whom this replica knows; what the caller proved it by stays here.</summary>
    private sealed class Speaking(ReplicaTokens tokens) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext context, HttpRequestMessage request, string destination, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(context, request, destination, cancellationToken);
            foreach (var secret in (ReadOnlySpan<string>)[HeaderNames.Authorization, HeaderNames.Cookie, ApiKeyHandler.Header, HeaderNames.Origin])
            {
                request.Headers.Remove(secret);
            }

            var user = context.User;
            request.Headers.Add(
                ReplicaTokens.Header, tokens.Issue(user.Identity?.Name ?? "", user.FindFirstValue(ClaimTypes.Role) ?? ""));
        }
    }
}
