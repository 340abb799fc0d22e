using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.Hosting;

namespace OpsConsole.Client;

/// <summary>
/// Keeps the local snapshot up to date: fetches every flag, follows the stream of changes, fetches again after each change, gap or
/// mismatch of versions, and polls while there is no stream.
/// </summary>
internal sealed class FlagFollower(ConsoleConnection connection, FlagStore store, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SilenceWithoutLease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly OpsConsoleOptions _options = connection.Options;

    /// <summary>Differs between instances, so that they do not come back all at once.</summary>
    private readonly Random _spread = new(HashCode.Combine(connection.Options.Service, connection.Options.Instance));

    private EntityTagHeaderValue? _etag;
    private TimeSpan _lease;
    private Uri? _stream;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The application's start must not wait for the console.
        await Task.Yield();
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            var answered = false;
            try
            {
                await FetchAsync(conditional: false, trigger: null, stoppingToken).ConfigureAwait(false);
                answered = true;
                if (_stream is null)
                {
                    store.Report(connected: false, problem: null);
                }
                else
                {
                    await FollowAsync(_stream, stoppingToken).ConfigureAwait(false);
                    store.Report(connected: false, "The console has closed the stream of changes.");
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever is wrong with the console must not reach the application; it is logged once.
            catch (Exception error)
#pragma warning restore CA1031
            {
                store.Report(connected: false, Describe(error));
            }

            // While the console answers, asking it again is what keeps the permissions alive without a stream.
            pause = answered ? Shorter(pause, _options.PollEvery) : pause;
            await Task.Delay(pause * (0.5 + (_spread.NextDouble() / 2)), clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = answered && _stream is not null && store.Status.Problem is null
                ? FirstPause
                : Shorter(pause * 2, answered ? _options.PollEvery : _options.ReconnectWithin);
        }
    }

    private async Task FollowAsync(Uri stream, CancellationToken stoppingToken)
    {
        var silence = _lease > TimeSpan.Zero ? _lease : SilenceWithoutLease;
        using var silent = new CancellationTokenSource(silence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, silent.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, stream);
            request.Headers.Accept.Add(new("text/event-stream"));
            using var response = await connection.Http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            using var content = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            store.Report(connected: true, problem: null);
            await foreach (var item in SseParser.Create(content).EnumerateAsync(either.Token).ConfigureAwait(false))
            {
                silent.CancelAfter(silence);
                await HandleAsync(item, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException cut) when (!stoppingToken.IsCancellationRequested)
        {
            throw new TimeoutException("The stream of changes is silent.", cut);
        }
    }

    private async Task HandleAsync(SseItem<string> item, CancellationToken stoppingToken)
    {
        var heardAt = clock.GetTimestamp();
        if (item.EventType is not ("lease" or "message") || JsonSerializer.Deserialize(item.Data, OfrepJson.Default.OfrepEvent) is not { } data)
        {
            return;
        }

        var stale = item.EventType == "lease"
            ? data.Version is not { } version || !store.Renew(version, heardAt, _lease)
            : data.Type == "refetchEvaluation" && data.Etag != store.Version.ToString();
        if (stale)
        {
            await FetchAsync(conditional: true, data.Etag, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task FetchAsync(bool conditional, string? trigger, CancellationToken stoppingToken)
    {
        var askedAt = clock.GetTimestamp();
        using var tooLate = new CancellationTokenSource(AnswerWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, tooLate.Token);
        try
        {
            var address = "/ofrep/v1/evaluate/flags" + (trigger is null ? "" : "?flagConfigEtag=" + Uri.EscapeDataString(trigger));
            using var request = new HttpRequestMessage(HttpMethod.Post, address)
            {
                Content = JsonContent.Create(
                    new OfrepRequest(new(_options.Instance, _options.Service, _options.Environment)), OfrepJson.Default.OfrepRequest),
            };
            if (conditional && _etag is not null)
            {
                request.Headers.IfNoneMatch.Add(_etag);
            }

            using var response = await connection.Http
                .SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotModified)
            {
                store.Renew(store.Version, askedAt, _lease);
                return;
            }

            response.EnsureSuccessStatusCode();
            var answer = await response.Content.ReadFromJsonAsync(OfrepJson.Default.OfrepAnswer, either.Token).ConfigureAwait(false);
            if (answer?.Flags is null)
            {
                throw new JsonException("There is no member “flags”.");
            }

            var book = answer.ToBook();
            _etag = response.Headers.ETag;
            _lease = answer.Lease;
            _stream = StreamOf(answer);
            store.Replace(book, answer.Version, askedAt, answer.Lease);
        }
        catch (OperationCanceledException cut) when (!stoppingToken.IsCancellationRequested)
        {
            throw new TimeoutException("The console does not answer.", cut);
        }
    }

    private Uri? StreamOf(OfrepAnswer answer)
    {
        var stream = answer.EventStreams?.FirstOrDefault(candidate => candidate.Type == "sse");
        var address = stream?.Url ?? (stream?.Endpoint?.RequestUri is { } path ? stream.Endpoint.Origin + path : null);
        return address is not null && Uri.TryCreate(_options.Endpoint, address, out var uri) && uri.Scheme is "http" or "https" ? uri : null;
    }

    private static string Describe(Exception error) => error switch
    {
        HttpRequestException { StatusCode: HttpStatusCode.Unauthorized } => "The console does not know the API key (401).",
        HttpRequestException { StatusCode: HttpStatusCode.Forbidden } => "The console does not let this API key evaluate flags (403).",
        HttpRequestException { StatusCode: { } status } => $"The console answers with status {(int)status}.",
        HttpRequestException or IOException => "The console cannot be reached.",
        JsonException => "The console's answer cannot be understood.",
        TimeoutException => error.Message,
        _ => $"{error.GetType().Name}: {error.Message}",
    };

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
