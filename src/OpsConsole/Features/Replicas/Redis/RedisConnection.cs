using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace OpsConsole.Features.Replicas;

/// <summary>
/// The one connection to Redis (<c>OpsConsole:Redis</c>). Redis only makes things quicker: nothing waits for it, nothing is kept in it, and
/// what it loses is found in the shared store.
/// </summary>
internal sealed partial class RedisConnection(ConfigurationOptions settings, ILogger<RedisConnection> log) : BackgroundService
{
    /// <summary>Looks at health.</summary>
    public const string Looks = "opsconsole:looks";

    /// <summary>Hints that something was changed in the shared store.</summary>
    public const string Hints = "opsconsole:hints";

    private readonly Lock _gate = new();
    private readonly List<(string Channel, Action<ReadOnlyMemory<byte>> Take)> _listeners = [];
    private ConnectionMultiplexer? _redis;

    /// <summary>How it stands, in a word.</summary>
    public string Word => _redis is { IsConnected: true } ? "connected" : "unreachable";

    /// <summary>The settings of a connection string, so that the connection holds nothing up.</summary>
    public static bool TryParse(string connection, [NotNullWhen(true)] out ConfigurationOptions? settings)
    {
        settings = null;
        try
        {
            settings = ConfigurationOptions.Parse(connection);
        }
        catch (ArgumentException)
        {
            return false;
        }

        settings.AbortOnConnectFail = false;
        settings.ClientName = "opsconsole";
        settings.ConnectTimeout = 2000;
        settings.AsyncTimeout = 2000;
        settings.KeepAlive = 2;
        settings.ReconnectRetryPolicy = new LinearRetry(500);

        // What could not be said at once is told by the store.
        settings.BacklogPolicy = BacklogPolicy.FailFast;
        return settings.EndPoints.Count > 0;
    }

    /// <summary>Passes each message of a channel on, from now on and after each reconnection.</summary>
    public void Listen(string channel, Action<ReadOnlyMemory<byte>> take)
    {
        ConnectionMultiplexer? redis;
        lock (_gate)
        {
            _listeners.Add((channel, take));
            redis = _redis;
        }

        if (redis is not null)
        {
            Subscribe(redis, channel, take);
        }
    }

    /// <summary>Sends a message, or not: nobody waits for it.</summary>
    public void Tell(string channel, ReadOnlyMemory<byte> message)
    {
        if (_redis is { IsConnected: true } redis)
        {
            redis.GetSubscriber().Publish(RedisChannel.Literal(channel), message, CommandFlags.FireAndForget);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var redis = await ConnectionMultiplexer.ConnectAsync(settings);
        redis.ConnectionFailed += (_, lost) => LogLost(lost.EndPoint?.ToString(), lost.FailureType.ToString());
        redis.ConnectionRestored += (_, back) => LogBack(back.EndPoint?.ToString());
        (string Channel, Action<ReadOnlyMemory<byte>> Take)[] waiting;
        lock (_gate)
        {
            _redis = redis;
            waiting = [.. _listeners];
        }

        if (!redis.IsConnected)
        {
            LogNotYet();
        }

        foreach (var (channel, take) in waiting)
        {
            Subscribe(redis, channel, take);
        }
    }

    private void Subscribe(ConnectionMultiplexer redis, string channel, Action<ReadOnlyMemory<byte>> take)
    {
        try
        {
            // A subscription that cannot be made now is made with the connection.
            redis.GetSubscriber().Subscribe(RedisChannel.Literal(channel), (_, message) => take((byte[])message!), CommandFlags.FireAndForget);
        }
        catch (RedisException exception)
        {
            LogNotSubscribed(channel, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Redis at {Endpoint} is lost ({Why}); replicas tell each other by the store until it is back.")]
    private partial void LogLost(string? endpoint, string why);

    [LoggerMessage(LogLevel.Information, "Redis at {Endpoint} is back.")]
    private partial void LogBack(string? endpoint);

    [LoggerMessage(LogLevel.Warning, "Redis cannot be reached yet; replicas tell each other by the store until it can.")]
    private partial void LogNotYet();

    [LoggerMessage(LogLevel.Warning, "The channel {Channel} of Redis could not be subscribed to: {Problem}")]
    private partial void LogNotSubscribed(string channel, string problem);
}
