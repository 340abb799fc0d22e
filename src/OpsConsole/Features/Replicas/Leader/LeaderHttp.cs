using System.Net;

namespace OpsConsole.Features.Replicas;

/// <summary>The connections from this replica to the leader.</summary>
internal sealed class LeaderHttp : IDisposable
{
    private readonly SocketsHttpHandler _handler = new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(1),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    };

    public LeaderHttp() => Invoker = new HttpMessageInvoker(_handler, disposeHandler: false);

    public HttpMessageInvoker Invoker { get; }

    public void Dispose()
    {
        Invoker.Dispose();
        _handler.Dispose();
    }
}
