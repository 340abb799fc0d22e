using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using OpsConsole.Core.Records;

namespace OpsConsole.Embedded.Records;

/// <summary>
/// The file with records and timeline: one loop writes, and what waits at the same time is committed as one group. After a
/// failure every connection is closed and opened anew, so the store comes back by itself when the disk does.
/// </summary>
internal sealed partial class RecordDatabase : IAsyncDisposable
{
    private const int LargestGroup = 512;
    private const int MostReaders = 4;

    private readonly SqliteFile _file;
    private readonly TimelinePublisher _publisher;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<PendingWrite> _queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly Task _loop;
    private WriteSession? _session;
    private volatile bool _disposed;
    private bool _failing;

    public RecordDatabase(SqliteFile file, TimelinePublisher publisher, TimeProvider time, ILogger<RecordDatabase> logger)
    {
        _file = file;
        _publisher = publisher;
        _time = time;
        _logger = logger;
        _loop = Task.Run(WriteLoopAsync);
    }

    public SqliteFile File => _file;

    /// <summary>Does the work in the next group. What it appended is on disk, and published, when this returns.</summary>
    public async Task<T> WriteAsync<T>(Func<WriteSession, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var write = new PendingWrite<T>(work);
        try
        {
            await _queue.Writer.WriteAsync(write, cancellationToken);
        }
        catch (ChannelClosedException exception)
        {
            throw new StoreUnavailableException("The console is stopping.", exception);
        }

        return await write.WaitAsync(cancellationToken);
    }

    /// <summary>Reads beside the writer, from a snapshot of its own.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken) =>
        Task.Run(() => Read(work, cancellationToken), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _queue.Writer.TryComplete();
        await _loop;
        CloseReaders();
    }

    private T Read<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        SqliteConnection? connection = null;
        try
        {
            RequireFile();
            var lasting = true;
            connection = _readers.TryTake(out var idle) ? idle : _file.OpenToRead(out lasting);
            using (cancellationToken.UnsafeRegister(
                static reader => SQLitePCL.raw.sqlite3_interrupt(((SqliteConnection)reader!).Handle), connection))
            {
                var result = work(connection);
                cancellationToken.ThrowIfCancellationRequested();
                if (lasting && !_disposed && _readers.Count < MostReaders)
                {
                    _readers.Add(connection);
                    connection = null;
                }

                return result;
            }
        }
        catch (SqliteException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception exception) when (exception is SqliteException or NewerSchemaException)
        {
            CloseReaders();
            throw SqliteFailure.Explain(_file, exception);
        }
        catch (FormatException exception)
        {
            throw new StoreUnavailableException(
                $"{_file.Path} was changed from outside. {exception.Message} Verify the timeline; put a backup in its place.", exception);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private async Task WriteLoopAsync()
    {
        List<PendingWrite> group = [];
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < LargestGroup && _queue.Reader.TryRead(out var write))
            {
                if (write.TryTake())
                {
                    group.Add(write);
                }
            }

            if (group.Count > 0)
            {
                Write(group);
            }
        }

        CloseSession();
    }

    private void Write(List<PendingWrite> group)
    {
        if (TryCommit(group) is not { } failure)
        {
            foreach (var write in group)
            {
                write.Complete();
            }
        }
        else if (group.Count > 1 && SqliteFailure.IsOfOneStatement(failure))
        {
            foreach (var write in group)
            {
                Write([write]);
            }
        }
        else
        {
            foreach (var write in group)
            {
                write.Fail(SqliteFailure.Explain(_file, failure));
            }
        }
    }

    private Exception? TryCommit(List<PendingWrite> group)
    {
        try
        {
            RequireFile();
            _session ??= new WriteSession(_file.Open(), _time);
            _session.Begin();
            foreach (var write in group)
            {
                write.Apply(_session);
            }

            _session.Commit();
        }
        catch (Exception exception)
        {
            CloseSession();
            if (!_failing)
            {
                _failing = true;
                LogFailing(_file.Name, SqliteFailure.Explain(_file, exception).Message);
            }

            return exception;
        }

        if (_failing)
        {
            _failing = false;
            LogWell(_file.Name);
        }

        _publisher.Publish(_session.Appended, _session.Connection);
        return null;
    }

    private void RequireFile()
    {
        if (_file.WasOpened && !System.IO.File.Exists(_file.Path))
        {
            CloseReaders();
            throw new StoreUnavailableException($"{_file.Path} has vanished. Put it back; the console goes on by itself.");
        }
    }

    private void CloseSession()
    {
        _session?.Dispose();
        _session = null;
    }

    private void CloseReaders()
    {
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Error, "{File} cannot be written: {Problem}")]
    private partial void LogFailing(string file, string problem);

    [LoggerMessage(LogLevel.Information, "{File} can be written again.")]
    private partial void LogWell(string file);
}
