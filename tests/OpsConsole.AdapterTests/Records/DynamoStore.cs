using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpsConsole.Aws;
using OpsConsole.Aws.Timeline;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;

namespace OpsConsole.AdapterTests.Records;

/// <summary>Opens stores over the tables of a place.</summary>
internal static class DynamoStores
{
    public static DynamoStore Open(
        this DynamoPlace place, Uri? address = null, Action<AwsOptions>? with = null, TimeProvider? time = null, params (string Name, string? Value)[] settings)
    {
        var options = new AwsOptions { FlagsTable = place.Options.FlagsTable, RecordsTable = place.Options.RecordsTable, StorePatienceSeconds = 30 };
        with?.Invoke(options);
        return new(place.Configuration(address ?? place.Server, settings), options, time ?? TimeProvider.System);
    }
}

internal sealed class DynamoStore : IStoreUnderTest
{
    private readonly ServiceProvider _services;

    public DynamoStore(IConfiguration configuration, AwsOptions options, TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(configuration);
        services.AddSingleton(time);
        services.AddSingleton<ChangeHints>();
        services.AddDynamoStores();
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(options));
        _services = services.BuildServiceProvider();
    }

    public IRecordStore Records => _services.GetRequiredService<IRecordStore>();

    public ITimeline Timeline => _services.GetRequiredService<ITimeline>();

    public TimelineFeed Feed => _services.GetRequiredService<TimelineFeed>();

    public OutboxMover Mover => _services.GetRequiredService<OutboxMover>();

    public ICellStore Cells => _services.GetRequiredService<ICellStore>();

    public StoreCondition Condition => _services.GetRequiredService<StoreConditionFeed>().Current;

    /// <summary>What runs in the console beside the store.</summary>
    public IHostedService Watch => _services.GetRequiredService<IHostedService>();

    /// <summary>Moves everything that was left in items; that takes two looks.</summary>
    public async Task SweepAsync()
    {
        while (Mover.Queued.TryRead(out var seen))
        {
            await Mover.MoveAsync(seen);
        }

        await Mover.SweepAsync(TestContext.Current.CancellationToken);
        await Mover.SweepAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
