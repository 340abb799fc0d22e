namespace OpsConsole.Features.Runbooks;

/// <summary>Wakes the follower when there is something to do.</summary>
internal sealed class RunbookWake
{
    private Action _wake = static () => { };

    /// <summary>Calls back whenever there is something to do.</summary>
    public void Listen(Action wake) => _wake = wake;

    /// <summary>There is something to do.</summary>
    public void Set() => _wake();
}
