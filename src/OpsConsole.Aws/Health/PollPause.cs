namespace OpsConsole.Aws.Health;

/// <summary>How long a call that failed is left alone: two seconds, and twice as long after each further failure, up to a minute.</summary>
internal sealed class PollPause(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private TimeSpan _pause;
    private long _failedAt;

    public bool IsOver => _pause == TimeSpan.Zero || time.GetElapsedTime(_failedAt) >= _pause;

    public void Succeeded() => _pause = TimeSpan.Zero;

    public void Failed()
    {
        var next = _pause == TimeSpan.Zero ? First : _pause * 2;
        (_pause, _failedAt) = (next < Longest ? next : Longest, time.GetTimestamp());
    }
}
