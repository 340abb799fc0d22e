using OpsConsole.Core;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Timeline;

/// <summary>Says on the timeline when the console starts and stops. A store that is gone keeps neither from happening.</summary>
internal sealed class ConsoleEvents(IHaltJournal journal, ConsoleEnvironment environment) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => WriteAsync(TimelineKinds.ConsoleStarted, "The console started.");

    public Task StoppingAsync(CancellationToken cancellationToken) => WriteAsync(TimelineKinds.ConsoleStopped, "The console was asked to stop.");

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WriteAsync(string kind, string reason)
    {
        var @event = new TimelineEvent { Actor = Actors.Console, Kind = kind, Subject = Subjects.Console, Reason = reason };
        await journal.WriteAsync(@event
            .With("environment", environment.Name)
            .With("version", typeof(ConsoleEvents).Assembly.GetName().Version?.ToString(3)));
    }
}
