namespace OpsConsole.AdapterTests.Aws.Scripted;

/// <summary>
/// Sets variables of this very process and puts them back. Tests that use it share its collection, which runs alone, because every test of the
/// process sees them.
/// </summary>
internal sealed class ProcessEnvironment : IDisposable
{
    private readonly Dictionary<string, string?> _before;

    /// <summary>Sets the variables.</summary>
    /// <param name="variables">Names and values.</param>
    public ProcessEnvironment(IReadOnlyDictionary<string, string> variables)
    {
        _before = variables.Keys.ToDictionary(name => name, Environment.GetEnvironmentVariable, StringComparer.Ordinal);
        foreach (var (name, value) in variables)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}

/// <summary>Runs what changes the process's environment, alone.</summary>
[CollectionDefinition(nameof(ProcessEnvironment), DisableParallelization = true)]
public sealed class ProcessEnvironmentGroup;
