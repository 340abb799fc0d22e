using Amazon.FIS;
using Amazon.FIS.Model;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.AdapterTests.Aws.Scripted;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>Tests of a client of FIS and the scripted FIS, on a clock that the test moves; it begins at noon.</summary>
public abstract class FisTests : IAsyncLifetime
{
    protected static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    protected FakeTimeProvider Time { get; } = new(Noon);

    protected IAmazonFIS Fis { get; private set; } = null!;

    internal ScriptedAws Aws { get; private set; } = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        Aws = await ScriptedAws.StartAsync(Time);
        Fis = Aws.CreateFis();
    }

    public async ValueTask DisposeAsync()
    {
        Fis.Dispose();
        await Aws.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<Experiment> Get(string id) => (await Fis.GetExperimentAsync(new() { Id = id }, Token)).Experiment;
}
