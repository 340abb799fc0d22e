using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OpsConsole.Core.Flags;

namespace OpsConsole.Features.Flags.Ofrep;

/// <summary>
/// The stream that an application follows: <c>message</c> when flags have changed (a notice only: fetch again), and <c>lease</c> with every look,
/// so that a console which has frozen renews nothing.
/// </summary>
internal static class FlagStream
{
    /// <summary>Follows the decisions.</summary>
    /// <param name="feed">The decisions.</param>
    /// <param name="lastEventId">The version that the follower had heard of; <see langword="null"/> for a new one, which has just fetched.</param>
    /// <param name="clock">Says when the stream ends.</param>
    /// <param name="lasts">How long.</param>
    /// <param name="closing">The console goes: it ends the stream, else it would wait for its followers until it is cut off.</param>
    /// <param name="cancellationToken">The follower has gone.</param>
    public static async IAsyncEnumerable<SseItem<string>> FollowAsync(
        FlagFeed feed,
        string? lastEventId,
        TimeProvider clock,
        TimeSpan lasts,
        CancellationToken closing,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(lasts, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing, over.Token);
        await using var looks = feed.WatchAsync(either.Token).GetAsyncEnumerator(CancellationToken.None);
        var told = lastEventId;
        while (await NextAsync(looks))
        {
            var look = looks.Current;
            var version = look.Version.ToString();
            if (told is not null && told != version)
            {
                var notice = new OfrepNotice("refetchEvaluation", version, look.At.ToUnixTimeSeconds());
                yield return new(JsonSerializer.Serialize(notice, OfrepApiJson.Default.OfrepNotice), "message") { EventId = version };
            }

            told = version;
            yield return new(JsonSerializer.Serialize(new OfrepLease(look.Version), OfrepApiJson.Default.OfrepLease), "lease");
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<FlagSnapshot> looks)
    {
        try
        {
            return await looks.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
