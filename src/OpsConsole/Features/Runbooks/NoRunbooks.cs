using OpsConsole.Core.Runbooks;

namespace OpsConsole.Features.Runbooks;

/// <summary>Of a backend that carries out no runbooks.</summary>
internal sealed class NoRunbooks : IRunbookEngine
{
    private const string Why = "This backend carries out no runbooks.";

    public string Name => "nobody";

    public bool IsThere => false;

    public RunbookCatalog Catalog => RunbookCatalog.Empty;

    public TimeSpan LookEvery => TimeSpan.FromMinutes(1);

    public ValueTask<RunbookStart> StartAsync(RunbookOrder order, CancellationToken cancellationToken) => new(new RunbookStart.Refused(Why));

    public ValueTask<RunbookReading> ReadAsync(string engineId, CancellationToken cancellationToken) => new(new RunbookReading.Unreadable(Why));

    public ValueTask<RunbookCommand> StopAsync(string engineId, CancellationToken cancellationToken) => new(new RunbookCommand(Taken: false, Why));

    public ValueTask<RunbookCommand> DecideAsync(string engineId, bool approved, string comment, CancellationToken cancellationToken) =>
        new(new RunbookCommand(Taken: false, Why));
}
