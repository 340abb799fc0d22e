using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OpsConsole.Core.Flags.Evaluation;

namespace OpsConsole.Client;

/// <summary>
/// The local snapshot and the lease on health's permissions. Reads take no lock and allocate nothing. Whether the lease still holds is
/// asked of the clock by each read that needs it, and not left to a timer: a timer is late when its thread starves or the whole process
/// was frozen, and the reads of just that time would be ON.
/// </summary>
internal sealed partial class FlagStore(TimeProvider clock, ConsoleConnection connection, ILogger<FlagStore> log) : IFlags
{
    private readonly CoarseClock _coarse = new(clock);
    private readonly ConcurrentDictionary<string, FlagHandle> _handles = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _firstAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _writing = new();

    private FlagRuleBook _book = FlagRuleBook.Empty;
    private long _leaseEnds;
    private long _version;
    private Link _link = new(Connected: false, Problem: "The console was not asked yet.");

    public event EventHandler? Changed;

    public FlagsStatus Status
    {
        get
        {
            var link = Volatile.Read(ref _link);
            var remaining = TimeSpan.FromMilliseconds(Volatile.Read(ref _leaseEnds) - _coarse.Milliseconds);
            return new(link.Connected, Volatile.Read(ref _version), remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, link.Problem);
        }
    }

    public long Version => Volatile.Read(ref _version);

    public ValueTask<bool> IsEnabledAsync(string key, FlagContext context = default, CancellationToken cancellationToken = default) =>
        _firstAnswer.Task.IsCompleted
            ? new(Decide(Volatile.Read(ref _book).Find(key), context.TargetingKey).Served)
            : WaitForFirstAnswerAsync(key, context, cancellationToken);

    public bool IsEnabled(string key) =>
        Volatile.Read(ref _book).Find(key) is { } rule && (rule.AlwaysOn || Decide(rule, targetingKey: null).Served);

    public bool IsEnabled(string key, string targetingKey) => Decide(Volatile.Read(ref _book).Find(key), targetingKey).Served;

    public FlagHandle Handle(string key)
    {
        var handle = _handles.GetOrAdd(key, static (added, store) => new FlagHandle(store, added), this);
        lock (_writing)
        {
            handle.Follow(_book.Find(key));
        }

        return handle;
    }

    internal FlagDecision Decide(FlagRule? rule, string? targetingKey)
    {
        if (rule is null)
        {
            return new(FlagCause.IntentOff);
        }

        var decision = rule.Decide(targetingKey);
        return decision.Served && rule.NeedsLease && _coarse.Milliseconds >= Volatile.Read(ref _leaseEnds)
            ? new(FlagCause.LeaseOver, decision.Split)
            : decision;
    }

    /// <summary>Takes over what the console answered; its permissions last from when it was asked.</summary>
    internal void Replace(FlagRuleBook book, long version, long askedAt, TimeSpan lease)
    {
        lock (_writing)
        {
            Volatile.Write(ref _leaseEnds, End(askedAt, lease));
            Volatile.Write(ref _book, book);
            Volatile.Write(ref _version, version);
            foreach (var (key, handle) in _handles)
            {
                handle.Follow(book.Find(key));
            }
        }

        _firstAnswer.TrySetResult();
        Raise();
    }

    /// <summary>Renews the permissions, if they are those of the flags that are known.</summary>
    /// <returns>Whether they are; otherwise the flags must be fetched again.</returns>
    internal bool Renew(long version, long heardAt, TimeSpan lease)
    {
        lock (_writing)
        {
            if (version != _version)
            {
                return false;
            }

            Volatile.Write(ref _leaseEnds, Math.Max(_leaseEnds, End(heardAt, lease)));
            return true;
        }
    }

    /// <summary>Says how things stand with the console; logged once for each change.</summary>
    internal void Report(bool connected, string? problem)
    {
        var before = Interlocked.Exchange(ref _link, new(connected, problem));
        if (before.Connected == connected && string.Equals(before.Problem, problem, StringComparison.Ordinal))
        {
            return;
        }

        if (problem is not null)
        {
            LogProblem(problem);
        }
        else if (connected)
        {
            LogFollowing(connection.Options.Endpoint!);
        }

        Raise();
    }

    /// <summary>When a permission runs out that was given at a time stamp of the clock; rather early than late.</summary>
    private long End(long from, TimeSpan lease) =>
        _coarse.Milliseconds + (long)(lease - clock.GetElapsedTime(from)).TotalMilliseconds - _coarse.Lateness;

    private async ValueTask<bool> WaitForFirstAnswerAsync(string key, FlagContext context, CancellationToken cancellationToken)
    {
        try
        {
            await _firstAnswer.Task.WaitAsync(connection.Options.FirstAnswerWithin, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return IsEnabled(key);
        }

        return Decide(Volatile.Read(ref _book).Find(key), context.TargetingKey).Served;
    }

    private void Raise()
    {
        try
        {
            Changed?.Invoke(this, EventArgs.Empty);
        }
#pragma warning disable CA1031 // The application's handler may throw anything; it must not stop the flags.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogHandlerFailed(error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Flags cannot be followed: {Problem} Flags that rest on health go OFF when their lease runs out; the others keep their value.")]
    private partial void LogProblem(string problem);

    [LoggerMessage(LogLevel.Information, "Flags are followed from {Endpoint}.")]
    private partial void LogFollowing(Uri endpoint);

    [LoggerMessage(LogLevel.Error, "A handler of IFlags.Changed failed.")]
    private partial void LogHandlerFailed(Exception error);

    private sealed record Link(bool Connected, string? Problem);
}
