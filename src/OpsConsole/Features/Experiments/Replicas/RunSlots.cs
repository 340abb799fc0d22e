using System.Text.Json;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Features.Experiments.Replicas;

/// <summary>The run that has a service to itself.</summary>
/// <param name="Run">Its id; empty when the service is free.</param>
/// <param name="By">The replica at which it was launched.</param>
/// <param name="Term">The term of the leader that has begun to start it; 0 while none has.</param>
internal sealed record RunSlot(string Run, string By, long Term);

/// <summary>What became of a claim to start a run.</summary>
internal enum Claim
{
    /// <summary>This leader, and nobody else, starts it.</summary>
    Granted,

    /// <summary>An earlier leader had begun to start it; nobody knows how far it got.</summary>
    Begun,

    /// <summary>Another run has the service now.</summary>
    Lost,
}

/// <summary>
/// One run a service, however many replicas launch: each service has a slot in the shared store, which a run takes by a conditional write
/// before it is written itself. The leader claims it before it gives the order to start, so that no two leaders ever do.
/// </summary>
internal sealed class RunSlots(ICellStore cells, ReplicaIdentity self)
{
    private const string Prefix = "slot/";
    private const int Attempts = 5;

    /// <summary>Takes the slot of a service.</summary>
    /// <param name="service">The service.</param>
    /// <param name="run">The run.</param>
    /// <param name="isOver">Whether the run that has it has no more use of it.</param>
    /// <param name="cancellationToken">Gives up before writing.</param>
    /// <returns>The run that has it instead; <see langword="null"/> if it was taken.</returns>
    /// <exception cref="Core.Records.StoreUnavailableException">It is not known who has it.</exception>
    public async Task<string?> TakeAsync(string service, string run, Func<string, Task<bool>> isOver, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (slot, version) = await ReadAsync(service, cancellationToken);
            if (slot.Run.Length > 0 && slot.Run != run && (attempt == Attempts || !await isOver(slot.Run)))
            {
                return slot.Run;
            }

            if (await WriteAsync(service, new(run, self.Id, 0), version, cancellationToken))
            {
                return null;
            }
        }
    }

    /// <summary>Claims a run for the leader of a term, which may then start it.</summary>
    /// <param name="service">The service.</param>
    /// <param name="run">The run.</param>
    /// <param name="term">The leader's term.</param>
    /// <param name="cancellationToken">Gives up before writing.</param>
    /// <exception cref="Core.Records.StoreUnavailableException">It is not known whether it was granted; ask again.</exception>
    public async Task<Claim> ClaimAsync(string service, string run, long term, CancellationToken cancellationToken)
    {
        var (slot, version) = await ReadAsync(service, cancellationToken);
        return slot.Run != run ? Claim.Lost
            : slot.Term == term ? Claim.Granted
            : slot.Term > 0 ? Claim.Begun
            : await WriteAsync(service, slot with { Term = term }, version, cancellationToken) ? Claim.Granted
            : Claim.Lost;
    }

    /// <summary>The slots that are taken, by service.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Core.Records.StoreUnavailableException">They cannot be read now.</exception>
    public async Task<IReadOnlyDictionary<string, RunSlot>> ListAsync(CancellationToken cancellationToken) =>
        (await cells.ListAsync(Prefix, cancellationToken))
            .Select(cell => (Service: Uri.UnescapeDataString(cell.Name[Prefix.Length..]), Slot: Parse(cell)))
            .Where(slot => slot.Slot.Run.Length > 0)
            .ToDictionary(slot => slot.Service, slot => slot.Slot, StringComparer.Ordinal);

    /// <summary>Lets go of a slot, if the run still has it. The cell stays, so that its version goes on rising.</summary>
    /// <param name="service">The service.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Gives up before writing.</param>
    public async Task FreeAsync(string service, string run, CancellationToken cancellationToken)
    {
        var (slot, version) = await ReadAsync(service, cancellationToken);
        if (slot.Run == run)
        {
            await WriteAsync(service, new("", "", 0), version, cancellationToken);
        }
    }

    private async Task<(RunSlot Slot, long Version)> ReadAsync(string service, CancellationToken cancellationToken) =>
        await cells.ReadAsync(Name(service), cancellationToken) is { } cell ? (Parse(cell), cell.Version) : (new("", "", 0), 0);

    private async Task<bool> WriteAsync(string service, RunSlot slot, long version, CancellationToken cancellationToken) =>
        await cells.WriteAsync(
            Name(service), JsonSerializer.SerializeToUtf8Bytes(slot, ReplicaMessages.Default.RunSlot), version, cancellationToken);

    private static RunSlot Parse(Cell cell)
    {
        try
        {
            return JsonSerializer.Deserialize(cell.Content.Span, ReplicaMessages.Default.RunSlot) ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw new Core.Records.StoreUnavailableException($"The cell {cell.Name} cannot be read: {exception.Message}", exception);
        }
    }

    private static string Name(string service) => Prefix + Uri.EscapeDataString(service);
}
