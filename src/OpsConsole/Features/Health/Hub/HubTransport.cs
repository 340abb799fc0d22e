using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;

namespace OpsConsole.Features.Health;

/// <summary>Maps the hub so that what it writes to a WebSocket goes there directly; the other transports are as they come.</summary>
internal static class HubTransport
{
    public static IEndpointConventionBuilder MapHealthHub(this IEndpointRouteBuilder routes)
    {
        var options = new HttpConnectionDispatcherOptions
        {
            // A viewer by another transport who does not read holds no more than this; the fan-out passes it over.
            TransportMaxBufferSize = 32 * 1024,
            ApplicationMaxBufferSize = 32 * 1024,
        };
        var time = routes.ServiceProvider.GetRequiredService<TimeProvider>();
        var endpoints = routes.MapConnections("/hubs/health", options, connections => connections
            .Use(next => connection =>
            {
                WriteToSocket(connection, options.TransportSendTimeout, time);
                return next(connection);
            })
            .UseHub<HealthHub>());
        endpoints.Add(endpoint =>
        {
            endpoint.Metadata.Add(new HubMetadata(typeof(HealthHub)));
            var hub = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = routes.CreateApplicationBuilder().UseWebSockets().Use(RememberSocket).Use(_ => hub).Build();
        });
        return endpoints;
    }

    private static RequestDelegate RememberSocket(RequestDelegate next) => context =>
    {
        if (context.Features.Get<IHttpWebSocketFeature>() is { IsWebSocketRequest: true } handshake)
        {
            context.Features.Set<IHttpWebSocketFeature>(new AcceptedSocket(handshake));
        }

        return next(context);
    };

    private static void WriteToSocket(ConnectionContext connection, TimeSpan sendLimit, TimeProvider time)
    {
        if (connection.Features.Get<IHttpTransportFeature>()?.TransportType == HttpTransportType.WebSockets
            && connection.GetHttpContext()?.Features.Get<IHttpWebSocketFeature>() is AcceptedSocket socket
            && connection.Features.Get<ITransferFormatFeature>() is { } format
            && connection.Features.Get<IConnectionHeartbeatFeature>() is { } heartbeat)
        {
            var writer = new SocketWriter(socket, format, connection.Transport.Output, sendLimit, time);
            heartbeat.OnHeartbeat(static writer => ((SocketWriter)writer).GiveUpWhenStuck(), writer);
            connection.Transport = new Ends(connection.Transport.Input, writer);
        }
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
