using System.Diagnostics;
using System.Net.Sockets;
using OpsConsole.Tests.Faults;
using OpsConsole.Tests.Storefront;

namespace OpsConsole.Tests.Replicas;

/// <summary>A real Redis on a port of its own of 127.0.0.1, which keeps nothing and can be killed and started again.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly int _port = StorefrontProcess.FreePort();
    private Process _process;

    private RedisProcess() => _process = Run();

    /// <summary>What <c>OpsConsole:Redis</c> must be to use it.</summary>
    public string Connection => $"127.0.0.1:{_port}";

    public static async Task<RedisProcess> StartAsync()
    {
        var redis = new RedisProcess();
        await redis.AnswersAsync();
        return redis;
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async Task StartAgainAsync()
    {
        _process.Dispose();
        _process = Run();
        await AnswersAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private Process Run()
    {
        var start = new ProcessStartInfo("redis-server") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("redis-server could not be started.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private Task AnswersAsync() => Orders.UntilAsync(
        async () =>
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", _port, TestContext.Current.CancellationToken);
                var stream = client.GetStream();
                await stream.WriteAsync("PING\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
                var answer = new byte[7];
                await stream.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
                return answer.AsSpan().SequenceEqual("+PONG\r\n"u8);
            }
            catch (Exception problem) when (problem is SocketException or IOException)
            {
                return false;
            }
        },
        answers => answers);
}
