using System.Text.Json.Nodes;

namespace OpsConsole.AdapterTests.Aws.Scripted;

/// <summary>What goes wrong with a call.</summary>
internal abstract record Fault
{
    /// <summary>The service answers with an error of its own, such as 503.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Code">The error's code.</param>
    public sealed record Refuse(int Status, string Code) : Fault;

    /// <summary>The service answers that calls come too fast.</summary>
    public sealed record Throttle : Fault;

    /// <summary>The connection is cut before the call is carried out.</summary>
    public sealed record Drop : Fault;

    /// <summary>The service no longer knows the token of the page that is asked for; a first page is none.</summary>
    public sealed record LoseToken : Fault;

    /// <summary>A page is empty although there are more; a first page is not.</summary>
    public sealed record EmptyPage : Fault;

    /// <summary>The call is carried out, but the connection is cut in the middle of the answer.</summary>
    public sealed record Cut : Fault;

    /// <summary>The call is carried out, but its answer is changed on the way.</summary>
    /// <param name="Change">Changes the answer.</param>
    public sealed record Rewrite(Action<JsonObject> Change) : Fault;

    /// <summary>The call waits before it is carried out.</summary>
    /// <param name="Until">Ends the wait.</param>
    public sealed record Wait(Held Until) : Fault;
}

/// <summary>A call that is kept waiting until it is let go; letting go is for good.</summary>
internal sealed class Held : IDisposable
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a call has come and waits.</summary>
    public Task Arrived => _arrived.Task;

    /// <summary>Lets the waiting calls, and those that come later, go on.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>The same as <see cref="Release"/>.</summary>
    public void Dispose() => Release();

    internal Task WaitAsync(CancellationToken cancellationToken)
    {
        _arrived.TrySetResult();
        return _released.Task.WaitAsync(cancellationToken);
    }
}
