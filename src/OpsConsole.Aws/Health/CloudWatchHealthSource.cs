using OpsConsole.Core;
using OpsConsole.Core.Health;

namespace OpsConsole.Aws.Health;

/// <summary>
/// Health from CloudWatch. A look never waits for AWS: it returns what is known and starts the asking that is due, so nobody asks where
/// nobody looks, and of several consoles only the one that leads pays.
/// </summary>
internal sealed class CloudWatchHealthSource(CloudWatchPoll poll, ConsoleEnvironment environment) : IHealthSource
{
    public string Name => "CloudWatch";

    public ValueTask<IReadOnlyList<SourceReading>> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(poll.Look(environment.Name));
}
