using System.Collections;

namespace OpsConsole.AdapterTests.Aws.Scripted;

/// <summary>Every call so far, in the order in which they came.</summary>
internal sealed class AwsCalls : IReadOnlyList<AwsCall>
{
    private readonly Lock _gate = new();
    private readonly List<AwsCall> _calls = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count => Copy().Length;

    public AwsCall this[int index] => Copy()[index];

    /// <summary>The calls of one operation.</summary>
    /// <param name="permission">What they ask for, such as <c>fis:StartExperiment</c>.</param>
    public IReadOnlyList<AwsCall> Of(string permission) => [.. Copy().Where(call => call.Permission == permission)];

    /// <summary>Waits until so many calls of one operation have come.</summary>
    /// <param name="permission">What they ask for.</param>
    /// <param name="count">How many, of those that <see cref="Clear"/> has not forgotten.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>These calls; they may still be being answered.</returns>
    public async Task<IReadOnlyList<AwsCall>> WaitForAsync(string permission, int count = 1, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                next = _next.Task;
            }
            if (Of(permission) is { } calls && calls.Count >= count)
            {
                return calls;
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Forgets the calls so far.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _calls.Clear();
        }
    }

    public IEnumerator<AwsCall> GetEnumerator() => ((IEnumerable<AwsCall>)Copy()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(AwsCall call)
    {
        TaskCompletionSource next;
        lock (_gate)
        {
            _calls.Add(call);
            (next, _next) = (_next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        next.SetResult();
    }

    private AwsCall[] Copy()
    {
        lock (_gate)
        {
            return [.. _calls];
        }
    }
}
