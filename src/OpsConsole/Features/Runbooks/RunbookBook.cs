using System.Collections.Immutable;
using OpsConsole.Core.Records;
using OpsConsole.Core.Runbooks;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Runbooks;

/// <summary>
/// The executions as they are on disk. Every change is written together with its event, on the newest revision; what other replicas write is
/// taken in by its id.
/// </summary>
internal sealed class RunbookBook(IRecordStore store, RunbookFeed feed, TimeProvider time)
{
    private const int MaxAttempts = 8;
    private const int MaxShown = 200;

    private readonly Lock _lock = new();
    private ImmutableDictionary<string, Stored<RunbookExecution>> _known =
        ImmutableDictionary.Create<string, Stored<RunbookExecution>>(StringComparer.Ordinal);

    /// <summary>Whether everything must be read: it never was, or the store was gone since.</summary>
    public bool MustLoad { get; private set; } = true;

    /// <summary>The executions that are not over, oldest first.</summary>
    public IEnumerable<RunbookExecution> Active =>
        _known.Values.Select(stored => stored.Value).Where(execution => !execution.IsOver).OrderBy(execution => execution.RequestedAt);

    /// <summary>One execution as last seen; <see langword="null"/> if it was never seen here.</summary>
    public RunbookExecution? Known(string id) => _known.GetValueOrDefault(id)?.Value;

    /// <summary>Reads everything that is on disk.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be read now; what was known stays.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var all = await store.ListAsync(RunbookRecords.Executions, cancellationToken);
            lock (_lock)
            {
                foreach (var stored in all)
                {
                    Enter(stored);
                }

                MustLoad = false;
                Publish(problem: null);
            }
        }
        catch (StoreUnavailableException exception)
        {
            Lose(exception.Message);
            throw;
        }
    }

    /// <summary>Takes in what is on disk of one execution now.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be read now.</exception>
    public async Task<RunbookExecution?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await store.GetAsync(RunbookRecords.Executions, id, cancellationToken) is { } stored ? Take(stored) : null;
        }
        catch (StoreUnavailableException exception)
        {
            Lose(exception.Message);
            throw;
        }
    }

    /// <summary>One execution as it is on disk now, or as it was last seen if the store is gone.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be read now, and was never seen here.</exception>
    public async Task<RunbookExecution?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(id, cancellationToken);
        }
        catch (StoreUnavailableException) when (Known(id) is not null)
        {
            return Known(id);
        }
    }

    /// <summary>Writes a new execution down, unless there is one of this id already.</summary>
    /// <returns>The execution as it is on disk, and whether it was there already.</returns>
    /// <exception cref="StoreUnavailableException">Nothing was written.</exception>
    public async Task<(RunbookExecution Execution, bool Repeated)> CreateAsync(
        RunbookExecution execution, TimelineEvent change, CancellationToken cancellationToken) =>
        await store.SaveAsync(RunbookRecords.Executions, execution.Id, execution, 0, change, cancellationToken) switch
        {
            SaveOutcome<RunbookExecution>.Saved saved => (Take(saved.Record), false),
            SaveOutcome<RunbookExecution>.Conflict { Current: { } theirs } => (Take(theirs), true),
            _ => throw new InvalidOperationException($"The execution {execution.Id} can neither be created nor read."),
        };

    /// <summary>Changes an execution as it is on disk.</summary>
    /// <param name="id">The execution.</param>
    /// <param name="change">The execution as it shall be, and its event; <see langword="null"/> to leave it as it is.</param>
    /// <param name="cancellationToken">Gives up before writing.</param>
    /// <returns>The execution as it is now; <see langword="null"/> if there is none.</returns>
    /// <exception cref="StoreUnavailableException">Nothing was written.</exception>
    public async Task<RunbookExecution?> ChangeAsync(
        string id, Func<RunbookExecution, (RunbookExecution Now, TimelineEvent Event)?> change, CancellationToken cancellationToken)
    {
        var current = _known.GetValueOrDefault(id) ?? await store.GetAsync(RunbookRecords.Executions, id, cancellationToken);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (current is null || change(current.Value) is not var (now, told))
            {
                return current?.Value;
            }

            switch (await store.SaveAsync(RunbookRecords.Executions, id, now, current.Revision, told, cancellationToken))
            {
                case SaveOutcome<RunbookExecution>.Saved saved:
                    return Take(saved.Record);
                case SaveOutcome<RunbookExecution>.Conflict conflict:
                    current = conflict.Current;
                    if (current is not null)
                    {
                        Take(current);
                    }

                    break;
            }
        }

        throw new StoreUnavailableException($"The execution {id} is being changed by others all the time. Try again.");
    }

    /// <summary>Everything was looked at just now; while the store is gone that says nothing.</summary>
    public void Looked()
    {
        lock (_lock)
        {
            Publish(feed.Current.Problem);
        }
    }

    /// <summary>The store is gone: what is known here may be old, until everything is read anew.</summary>
    public void Lose(string problem)
    {
        lock (_lock)
        {
            MustLoad = true;
            Publish(problem);
        }
    }

    private RunbookExecution Take(Stored<RunbookExecution> stored)
    {
        lock (_lock)
        {
            Enter(stored);
            Publish(feed.Current.Problem);
            return _known[stored.Id].Value;
        }
    }

    private void Enter(Stored<RunbookExecution> stored)
    {
        if (!_known.TryGetValue(stored.Id, out var known) || known.Revision < stored.Revision)
        {
            _known = _known.SetItem(stored.Id, stored);
        }
    }

    private void Publish(string? problem) => feed.Publish(new(
        [.. _known.Values.Select(stored => stored.Value).OrderByDescending(execution => execution.RequestedAt).Take(MaxShown)],
        problem is null && !MustLoad ? time.GetUtcNow() : feed.Current.ReadAt,
        problem));
}
