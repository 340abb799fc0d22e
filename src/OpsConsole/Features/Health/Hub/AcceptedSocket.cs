using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;

namespace OpsConsole.Features.Health;

/// <summary>Accepts a request's WebSocket as ever, and remembers it for <see cref="SocketWriter"/>.</summary>
internal sealed class AcceptedSocket(IHttpWebSocketFeature handshake) : IHttpWebSocketFeature
{
    private volatile WebSocket? _socket;

    public bool IsWebSocketRequest => handshake.IsWebSocketRequest;

    /// <summary>The socket; there before anything was received by it.</summary>
    public WebSocket Socket => _socket ?? throw new InvalidOperationException("The WebSocket is not accepted yet.");

    public async Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) => _socket = await handshake.AcceptAsync(context);
}
