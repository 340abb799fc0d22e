using OpsConsole.AdapterTests.Dynalite;

namespace OpsConsole.AdapterTests.Records;

public sealed class DynamoRecordStoreTests(DynaliteServer server) : RecordStoreContract, IAsyncLifetime
{
    private DynamoPlace? _place;

    public async ValueTask InitializeAsync() => _place = await DynamoPlace.CreateAsync(server);

    public ValueTask DisposeAsync()
    {
        _place?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override IStoreUnderTest Open() => _place!.Open();
}

public sealed class DynamoTimelineTests(DynaliteServer server) : TimelineContract, IAsyncLifetime
{
    private DynamoPlace? _place;

    public async ValueTask InitializeAsync() => _place = await DynamoPlace.CreateAsync(server);

    public ValueTask DisposeAsync()
    {
        _place?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override IStoreUnderTest Open() => _place!.Open();
}
