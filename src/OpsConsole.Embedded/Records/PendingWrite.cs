namespace OpsConsole.Embedded.Records;

/// <summary>A write that waits for its turn. Until it is taken it can be given up; after that its outcome is awaited and known.</summary>
internal abstract class PendingWrite
{
    private const int Queued = 0, Taken = 1, GivenUp = 2;

    private int _state;

    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

    protected bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Queued) == Queued;

    /// <summary>Does the work inside the group's transaction.</summary>
    public abstract void Apply(WriteSession session);

    /// <summary>The group is on disk.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception exception);
}

internal sealed class PendingWrite<T>(Func<WriteSession, T> work) : PendingWrite
{
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public async Task<T> WaitAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static (write, token) =>
            {
                var pending = (PendingWrite<T>)write!;
                if (pending.TryGiveUp())
                {
                    pending._outcome.TrySetCanceled(token);
                }
            },
            this);
        return await _outcome.Task;
    }

    public override void Apply(WriteSession session) => _result = work(session);

    public override void Complete() => _outcome.TrySetResult(_result!);

    public override void Fail(Exception exception) => _outcome.TrySetException(exception);
}
