using System.Net;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.AdapterTests.Records;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.AdapterTests.Aws.EndToEnd;

/// <summary>The keys that sign cookies lie in the store.</summary>
public sealed class SharedKeysTests(DynaliteServer server)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_has_signed_in_at_one_replica_is_signed_in_at_another_that_shares_nothing_but_the_store()
    {
        await using var aws = await ScriptedAws.StartAsync(dynamo: server.Address);
        using var place = await DynamoPlace.CreateAsync(server);
        await using var here = Start(aws, place);
        using var browser = await Browser.SignedInAsync(here);
        await using var there = Start(aws, place);

        Assert.Equal(HttpStatusCode.OK, await LookAsync(browser, there));
        Assert.Equal(HttpStatusCode.OK, await LookAsync(browser, here));
    }

    [Fact]
    public async Task Who_has_signed_in_stays_so_over_a_start_at_which_the_store_cannot_be_reached_and_what_was_made_then_is_shared_later()
    {
        await using var proxy = await DynamoProxy.StartAsync(server.Address);
        await using var aws = await ScriptedAws.StartAsync(dynamo: proxy.Address);
        using var place = await DynamoPlace.CreateAsync(server);
        var directory = Directory.CreateTempSubdirectory("opsconsole-keys-");
        try
        {
            proxy.Decide = _ => Fate.Refused("InternalServerError", "away", HttpStatusCode.InternalServerError);
            await using (var first = Start(aws, place, directory.FullName))
            {
                using var browser = await Browser.SignedInAsync(first);
                await first.DisposeAsync();
                await using var second = Start(aws, place, directory.FullName);
                Assert.Equal(HttpStatusCode.OK, await LookAsync(browser, second));
                await second.DisposeAsync();

                proxy.Decide = _ => Fate.Usual;
                await using var third = Start(aws, place, directory.FullName);
                await using var other = Start(aws, place);
                Assert.Equal(HttpStatusCode.OK, await LookAsync(browser, other));
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static ConsoleHost Start(ScriptedAws aws, DynamoPlace place, string? directory = null) =>
        new(services: null, directory, [.. AwsConsole.Settings(aws, place), ("AWS:MaxErrorRetry", "0")]);

    /// <summary>Looks at the first page of a console with the cookie that the browser has.</summary>
    private static async Task<HttpStatusCode> LookAsync(Browser browser, ConsoleHost console)
    {
        using var answer = await browser.Http.GetAsync(new Uri(console.Address, "/"), Cancelled);
        return answer.StatusCode;
    }
}
