using System.Collections;

namespace OpsConsole.AdapterTests.Aws.Scripted;

/// <summary>Every call so far, in the order in which they came.</summary>
internal sealed class AwsCalls : IReadOnlyList<AwsCall>
{
    private readonly Lock _gate = new();
    private readonly List<AwsCall> _calls = [];

    public int Count => Copy().Length;

    public AwsCall this[int index] => Copy()[index];

    /// <summary>The calls of one operation.</summary>
    /// <param name="permission">What they ask for, such as <c>fis:StartExperiment</c>.</param>
    public IReadOnlyList<AwsCall> Of(string permission) => [.. Copy().Where(call => call.Permission == permission)];

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
        lock (_gate)
        {
            _calls.Add(call);
        }
    }

    private AwsCall[] Copy()
    {
        lock (_gate)
        {
            return [.. _calls];
        }
    }
}
