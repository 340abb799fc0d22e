using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;
using OpsConsole.Embedded.Records;

namespace OpsConsole.AdapterTests.Records;

/// <summary>A directory of its own with stores over it.</summary>
internal sealed class SqlitePlace : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("opsconsole-store-").FullName;

    public SqliteFile File => RecordSchema.In(Directory);

    public SqliteStore Open() => new(File);

    public SqliteStore Open(Func<SqliteFile, SqliteFile> with) => new(with(File));

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}

internal sealed class SqliteStore : IStoreUnderTest
{
    public SqliteStore(SqliteFile file)
    {
        Publisher = new TimelinePublisher(Feed);
        Database = new RecordDatabase(file, Publisher, TimeProvider.System, NullLogger<RecordDatabase>.Instance);
        Records = new SqliteRecordStore(Database);
        Timeline = new SqliteTimeline(Database, Feed);
    }

    public TimelineFeed Feed { get; } = new();

    public TimelinePublisher Publisher { get; }

    public RecordDatabase Database { get; }

    public IRecordStore Records { get; }

    public ITimeline Timeline { get; }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}

public sealed class SqliteRecordStoreTests : RecordStoreContract, IDisposable
{
    private readonly SqlitePlace _place = new();

    public void Dispose() => _place.Dispose();

    protected override IStoreUnderTest Open() => _place.Open();
}

public sealed class SqliteTimelineTests : TimelineContract, IDisposable
{
    private readonly SqlitePlace _place = new();

    public void Dispose() => _place.Dispose();

    protected override IStoreUnderTest Open() => _place.Open();
}
