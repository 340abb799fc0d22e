using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Flags;

public sealed class ClientTests
{
    [Fact]
    public async Task An_application_sees_a_flip_at_once()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", new { enabled = true });
        await using var app = await Application.StartAsync(console.Host.Address);
        Assert.True(await app.Flags.IsEnabledAsync("a", cancellationToken: TestContext.Current.CancellationToken));
        var handle = app.Flags.Handle("a");
        Assert.True(handle.IsEnabled());
        await Until(() => app.Flags.Status.Connected);

        await console.FlipAsync("a", false);
        await Until(() => !app.Flags.IsEnabled("a") && !handle.IsEnabled());
        await console.FlipAsync("a", true);
        await Until(() => app.Flags.IsEnabled("a") && handle.IsEnabled());
    }

    [Fact]
    public async Task A_percentage_is_decided_locally_as_the_console_decides_it()
    {
        using var console = new FlagConsole();
        await console.PutAsync("canary", new { enabled = true, percentage = 20 });
        await using var app = await Application.StartAsync(console.Host.Address);
        Assert.True(await app.Flags.IsEnabledAsync("canary", new("user-2"), TestContext.Current.CancellationToken));
        Assert.False(app.Flags.IsEnabled("canary", "user-1"));
        Assert.False(app.Flags.IsEnabled("canary"));
        Assert.True(app.Flags.Handle("canary").IsEnabled("user-2"));
    }

    [Fact]
    public async Task What_the_console_sheds_or_a_prerequisite_forbids_is_OFF()
    {
        using var console = new FlagConsole();
        await console.PutAsync("shed", new { enabled = true, conditions = new { service = "nowhere", maxErrorRate = 5 } });
        await console.PutAsync("base", new { enabled = false });
        await console.PutAsync("rests", new { enabled = true, prerequisites = new[] { "base" } });
        await using var app = await Application.StartAsync(console.Host.Address);
        Assert.False(await app.Flags.IsEnabledAsync("shed", cancellationToken: TestContext.Current.CancellationToken));
        Assert.False(app.Flags.IsEnabled("rests"));

        await console.FlipAsync("base", true);
        await Until(() => app.Flags.IsEnabled("rests"));
    }

    [Fact]
    public async Task A_console_that_takes_a_question_and_never_answers_is_given_up()
    {
        await using var silent = await Relay.StartAsync(new Uri("http://127.0.0.1:1"));
        silent.Frozen = true;
        await using var app = await Application.StartAsync(silent.Address);
        await Until(() => app.Flags.Status.Problem == "The console does not answer.");
    }

    [Fact]
    public async Task A_dead_console_takes_health_conditioned_flags_OFF_and_leaves_the_others()
    {
        var console = new FlagConsole(null, ("OpsConsole:Flags:LeaseSeconds", "3"));
        await console.PutAsync("gated", new { enabled = true, conditions = new { service = "shop", maxErrorRate = 5 } });
        await console.PutAsync("held", new { enabled = true, conditions = new { service = "shop", maxErrorRate = 5, holdThroughUnknown = true } });
        await console.PutAsync("plain", new { enabled = true });
        await using var app = await Application.StartAsync(console.Host.Address);
        await Until(() => app.Flags.IsEnabled("gated") && app.Flags.IsEnabled("held") && app.Flags.IsEnabled("plain"));
        var handle = app.Flags.Handle("gated");
        console.Dispose();

        await Until(() => !app.Flags.IsEnabled("gated"));
        Assert.False(handle.IsEnabled());
        Assert.True(app.Flags.IsEnabled("held"));
        Assert.True(app.Flags.IsEnabled("plain"));
        Assert.Equal(TimeSpan.Zero, app.Flags.Status.LeaseRemaining);
        Assert.NotNull(app.Flags.Status.Problem);
    }

    [Fact]
    public async Task A_console_that_comes_back_is_followed_again()
    {
        var directory = Directory.CreateTempSubdirectory("opsconsole-test-");
        var first = new FlagConsole(directory.FullName);
        await first.PutAsync("a", new { enabled = false });
        await using var proxy = await Relay.StartAsync(first.Host.Address);
        await using var app = await Application.StartAsync(proxy.Address);
        await Until(() => app.Flags.Status.Connected);
        first.Dispose();
        await Until(() => !app.Flags.Status.Connected);

        using var second = new FlagConsole(directory.FullName);
        await second.FlipAsync("a", true);
        proxy.Target = second.Host.Address;
        await Until(() => app.Flags.IsEnabled("a") && app.Flags.Status.Connected);
        await second.FlipAsync("a", false);
        await Until(() => !app.Flags.IsEnabled("a"));
    }

    [Fact]
    public async Task A_console_that_freezes_renews_nothing()
    {
        using var console = new FlagConsole(null, ("OpsConsole:Flags:LeaseSeconds", "3"));
        await console.PutAsync("gated", new { enabled = true, conditions = new { service = "shop", maxErrorRate = 5 } });
        await using var proxy = await Relay.StartAsync(console.Host.Address);
        await using var app = await Application.StartAsync(proxy.Address);
        await Until(() => app.Flags.IsEnabled("gated") && app.Flags.Status.Connected);
        proxy.Frozen = true;
        await Until(() => !app.Flags.IsEnabled("gated") && !app.Flags.Status.Connected);
        proxy.Frozen = false;
        await Until(() => app.Flags.IsEnabled("gated"));
    }

    [Theory]
    [InlineData(401, "")]
    [InlineData(500, "oops")]
    [InlineData(200, "not json")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"flags":[{"key":null}],"metadata":{"version":"x"}}""")]
    public async Task Whatever_the_console_answers_the_application_goes_on(int status, string body)
    {
        await using var nonsense = await Relay.AnsweringAsync(status, body);
        await using var app = await Application.StartAsync(nonsense.Address);
        await Until(() => nonsense.Requests >= 3);
        Assert.False(await app.Flags.IsEnabledAsync("a", cancellationToken: TestContext.Current.CancellationToken));
        Assert.False(app.Flags.Handle("a").IsEnabled());
        Assert.InRange(app.Warnings, 0, 1);
    }

    [Fact]
    public async Task Nobody_there_is_no_reason_to_fail()
    {
        await using var app = await Application.StartAsync(new Uri("http://127.0.0.1:1"));
        Assert.False(await app.Flags.IsEnabledAsync("a", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("The console cannot be reached.", app.Flags.Status.Problem);
    }

    private static Task Until(Func<bool> holds) => FlagConsole.EventuallyAsync(() => Task.FromResult(holds()));

    /// <summary>An application with the client.</summary>
    private sealed class Application(IHost host, CountingLogger logger) : IAsyncDisposable
    {
        public IFlags Flags { get; } = host.Services.GetRequiredService<IFlags>();

        public int Warnings => logger.Warnings;

        public static async Task<Application> StartAsync(Uri console)
        {
            var logger = new CountingLogger();
            var builder = Host.CreateApplicationBuilder();
            builder.Logging.ClearProviders().AddProvider(logger);
            builder.Services.AddOpsConsole(options =>
            {
                options.Endpoint = console;
                options.ApiKey = ConsoleHost.ApplicationKey;
                options.Service = "shop";
                options.ReconnectWithin = TimeSpan.FromMilliseconds(300);
            });
            var host = builder.Build();
            await host.StartAsync(TestContext.Current.CancellationToken);
            return new(host, logger);
        }

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync(CancellationToken.None);
            host.Dispose();
        }
    }

    private sealed class CountingLogger : ILoggerProvider, ILogger
    {
        private int _warnings;

        public int Warnings => _warnings;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                Interlocked.Increment(ref _warnings);
            }
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Stands between application and console under one address; can freeze, change over, or answer by itself.</summary>
    private sealed class Relay : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
        private readonly (int Status, string Body)? _answer;
        private int _requests;

        private Relay(Uri? target, (int Status, string Body)? answer)
        {
            (Target, _answer) = (target, answer);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.Run(HandleAsync);
        }

        public Uri? Target { get; set; }

        public bool Frozen { get; set; }

        public int Requests => _requests;

        public Uri Address => new(_app.Urls.First());

        public static Task<Relay> StartAsync(Uri target) => StartAsync(new Relay(target, null));

        public static Task<Relay> AnsweringAsync(int status, string body) => StartAsync(new Relay(null, (status, body)));

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            _http.Dispose();
        }

        private static async Task<Relay> StartAsync(Relay relay)
        {
            await relay._app.StartAsync(TestContext.Current.CancellationToken);
            return relay;
        }

        private async Task HandleAsync(HttpContext context)
        {
            Interlocked.Increment(ref _requests);
            if (_answer is { } answer)
            {
                context.Response.StatusCode = answer.Status;
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(answer.Body, context.RequestAborted);
                return;
            }

            await ThawAsync(context.RequestAborted);
            using var request = new HttpRequestMessage(
                new(context.Request.Method), new Uri(Target!, context.Request.Path + context.Request.QueryString));
            request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
            request.Content = new StreamContent(context.Request.Body);
            try
            {
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
                context.Response.StatusCode = (int)response.StatusCode;
                context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
                using var content = await response.Content.ReadAsStreamAsync(context.RequestAborted);
                var buffer = new byte[4096];
                int read;
                while ((read = await content.ReadAsync(buffer, context.RequestAborted)) > 0)
                {
                    await ThawAsync(context.RequestAborted);
                    await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                }
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                context.Abort();
            }
        }

        private async Task ThawAsync(CancellationToken gone)
        {
            while (Frozen)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, gone);
            }
        }
    }
}
