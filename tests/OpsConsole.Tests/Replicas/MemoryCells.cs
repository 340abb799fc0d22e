using System.Text.Json.Serialization.Metadata;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Tests.Replicas;

/// <summary>Cells in memory, shared by replicas in one test. Each replica's own way to them can be broken.</summary>
internal sealed class MemoryCells
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Cell> _cells = new(StringComparer.Ordinal);

    public Way Open() => new(this);

    /// <summary>One replica's way to the cells.</summary>
    internal sealed class Way(MemoryCells shared) : ICellStore
    {
        /// <summary>The store cannot be reached.</summary>
        public bool Unreachable { get; set; }

        /// <summary>The store takes questions and answers none.</summary>
        public bool Silent { get; set; }

        /// <summary>Writes are carried out, but their answers are lost.</summary>
        public bool Deaf { get; set; }

        public async ValueTask<Cell?> ReadAsync(string name, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Silent ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, TimeProvider.System, cancellationToken);
            ThrowIf(Unreachable || Deaf);
            lock (shared._gate)
            {
                return shared._cells.GetValueOrDefault(name);
            }
        }

        public ValueTask<IReadOnlyList<Cell>> ListAsync(string prefix, CancellationToken cancellationToken = default)
        {
            ThrowIf(Unreachable || Deaf);
            lock (shared._gate)
            {
                return new([.. shared._cells.Values.Where(cell => cell.Name.StartsWith(prefix, StringComparison.Ordinal))]);
            }
        }

        public ValueTask<bool> WriteAsync(
            string name, ReadOnlyMemory<byte> content, long expectedVersion, CancellationToken cancellationToken = default)
        {
            ThrowIf(Unreachable);
            bool written;
            lock (shared._gate)
            {
                written = (shared._cells.GetValueOrDefault(name)?.Version ?? 0) == expectedVersion;
                if (written)
                {
                    shared._cells[name] = new Cell(name, expectedVersion + 1, content.ToArray());
                }
            }

            ThrowIf(Deaf);
            return new(written);
        }

        public ValueTask<bool> DeleteAsync(string name, long expectedVersion, CancellationToken cancellationToken = default)
        {
            ThrowIf(Unreachable || Deaf);
            lock (shared._gate)
            {
                return new(shared._cells.GetValueOrDefault(name)?.Version == expectedVersion && shared._cells.Remove(name));
            }
        }

        private static void ThrowIf(bool unreachable)
        {
            if (unreachable)
            {
                throw new StoreUnavailableException("The store cannot be reached.");
            }
        }
    }
}

/// <summary>Knows what the test says.</summary>
internal sealed class HandWitness : IReplicaWitness
{
    public HashSet<string> Ended { get; } = new(StringComparer.Ordinal);

    public bool Alone { get; set; }

    public bool HasEnded(string replica) => Ended.Contains(replica);

    public bool IsAlone() => Alone;
}

/// <summary>A leader that cannot be reached.</summary>
internal sealed class NoLine : ILeaderLine
{
    public ValueTask<TAnswer> AskAsync<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> asking, JsonTypeInfo<TAnswer> answering, CancellationToken cancellationToken) =>
        throw new NoLeaderException("Nobody answers.");
}
