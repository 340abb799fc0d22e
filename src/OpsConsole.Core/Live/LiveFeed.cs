using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace OpsConsole.Core.Live;

/// <summary>
/// One value that changes over time, watched by many. Each value is an immutable snapshot of everything,
/// so a slow watcher loses nothing that it still needs: it skips to the newest and never queues.
/// </summary>
/// <typeparam name="T">An immutable snapshot.</typeparam>
/// <param name="initial">What <see cref="Current"/> is before anything was published.</param>
public class LiveFeed<T>(T initial)
    where T : class
{
    private static readonly BoundedChannelOptions NewestOnly = new(1)
    {
        FullMode = BoundedChannelFullMode.DropOldest,
        SingleReader = true,
    };

    private T _current = initial;
    private ImmutableArray<Channel<T>> _watchers = [];

    /// <summary>The newest snapshot.</summary>
    public T Current => Volatile.Read(ref _current);

    /// <summary>How many watchers there are now.</summary>
    public int WatcherCount => _watchers.Length;

    /// <summary>Replaces the snapshot and wakes every watcher. Publishers take turns: call it from one loop or under a lock.</summary>
    /// <param name="next">The new snapshot.</param>
    public void Publish(T next)
    {
        Volatile.Write(ref _current, next);
        foreach (var watcher in _watchers)
        {
            watcher.Writer.TryWrite(next);
        }
    }

    /// <summary>
    /// Yields the current snapshot at once and then the newest one after each change. The watcher is registered before the
    /// snapshot is read, so no change can fall between the two.
    /// </summary>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<T> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateBounded<T>(NewestOnly);
        ImmutableInterlocked.Update(ref _watchers, static (watchers, added) => watchers.Add(added), channel);
        try
        {
            var last = Current;
            yield return last;
            await foreach (var next in channel.Reader.ReadAllAsync(cancellationToken))
            {
                if (!ReferenceEquals(next, last))
                {
                    last = next;
                    yield return next;
                }
            }
        }
        finally
        {
            ImmutableInterlocked.Update(ref _watchers, static (watchers, removed) => watchers.Remove(removed), channel);
        }
    }
}
