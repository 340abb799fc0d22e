using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Flags;

/// <summary>A console with a health source and a store that tests hold in their hands.</summary>
internal sealed class FlagConsole : IDisposable
{
    public FlagConsole(string? dataDirectory = null, params (string Name, string Value)[] settings)
        : this(dataDirectory, unwritable: false, settings)
    {
    }

    public FlagConsole(string? dataDirectory, bool unwritable, params (string Name, string Value)[] settings)
    {
        Host = new(
            services =>
            {
                services.AddSingleton<IHealthSource>(Health);
                services.Decorate(store => Store = new(store) { Unwritable = unwritable });
            },
            dataDirectory,
            settings);
        Http = Host.Client();
    }

    public ConsoleHost Host { get; }

    public HttpClient Http { get; }

    public HandHealth Health { get; } = new();

    public BreakableStore Store { get; private set; } = null!;

    public void Dispose()
    {
        Http.Dispose();
        Host.Dispose();
    }

    public async Task<HttpResponseMessage> PutAsync(string key, object body, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/flags/" + key) { Content = JsonContent.Create(body) };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<HttpResponseMessage> FlipAsync(string key, bool enabled, string? reason = "because") =>
        await Http.PostAsJsonAsync($"/api/v1/flags/{key}/flip", new { enabled, reason }, TestContext.Current.CancellationToken);

    public async Task<JsonElement> GetAsync(string address)
    {
        using var response = await Http.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        return await ReadAsync(response);
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

    public async Task<HttpResponseMessage> EvaluateAsync(string? key, string body, string? etag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ofrep/v1/evaluate/flags" + (key is null ? "" : "/" + key))
        {
            Content = new StringContent(body, null, "application/json"),
        };
        if (etag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        }

        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until it holds; for what the console does by itself.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }
}

/// <summary>Health as the test says.</summary>
internal sealed class HandHealth : IHealthSource
{
    public VitalSigns Signs { get; set; } = new(ErrorRate: 0.3, LatencyP95: 84, Throughput: 41, CpuUtilization: 20, ActiveConnections: 12);

    public bool Frozen { get; set; }

    public string Name => "by hand";

    private DateTimeOffset _at;

    public ValueTask<IReadOnlyList<SourceReading>> ReadAsync(CancellationToken cancellationToken)
    {
        _at = Frozen ? _at : TimeProvider.System.GetUtcNow();
        return new([new() { Service = "shop", Environment = "test", At = _at, Period = TimeSpan.FromSeconds(1), Signs = Signs, Requests = 41 }]);
    }
}

/// <summary>The real store, which can be made unwritable.</summary>
internal sealed class BreakableStore(IRecordStore store) : IRecordStore
{
    public bool Unwritable { get; set; }

    public bool Unreadable { get; init; }

    /// <summary>Set: a write waits for it.</summary>
    public TaskCompletionSource? Held { get; set; }

    public ValueTask<Stored<T>?> GetAsync<T>(RecordKind<T> kind, string id, CancellationToken cancellationToken = default)
        where T : class => store.GetAsync(kind, id, cancellationToken);

    public ValueTask<IReadOnlyList<Stored<T>>> ListAsync<T>(RecordKind<T> kind, CancellationToken cancellationToken = default)
        where T : class => Unreadable ? throw new StoreUnavailableException("The disk is gone.") : store.ListAsync(kind, cancellationToken);

    public async ValueTask<SaveOutcome<T>> SaveAsync<T>(
        RecordKind<T> kind, string id, T value, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class
    {
        await (Held?.Task ?? Task.CompletedTask);
        return Unwritable
            ? throw new StoreUnavailableException("The disk is full.")
            : await store.SaveAsync(kind, id, value, expectedRevision, change, cancellationToken);
    }

    public ValueTask<SaveOutcome<T>> DeleteAsync<T>(
        RecordKind<T> kind, string id, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class => store.DeleteAsync(kind, id, expectedRevision, change, cancellationToken);
}

internal static class Decoration
{
    public static void Decorate(this IServiceCollection services, Func<IRecordStore, IRecordStore> wrap)
    {
        var real = services.Last(service => service.ServiceType == typeof(IRecordStore));
        services.AddSingleton(provider => wrap(
            (IRecordStore)(real.ImplementationInstance
                ?? real.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.GetServiceOrCreateInstance(provider, real.ImplementationType!))));
    }
}
