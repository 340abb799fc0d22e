namespace OpsConsole.Tests.Hosting;

/// <summary>Tests that look at the memory of the process run while no others do.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
