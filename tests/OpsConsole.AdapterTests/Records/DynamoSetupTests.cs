using System.Text.Json;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.Aws.Tables;

namespace OpsConsole.AdapterTests.Records;

/// <summary><c>opsconsole aws init</c>.</summary>
public sealed class DynamoSetupTests : IDisposable
{
    private readonly DynamoPlace _place;

    public DynamoSetupTests(DynaliteServer server) => _place = new(server);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Missing_tables_are_made_and_a_second_time_nothing_is_changed()
    {
        var (code, output, errors) = await RunAsync();
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains($"{_place.Options.FlagsTable}: created, billed on demand", output, StringComparison.Ordinal);
        Assert.Contains($"{_place.Options.RecordsTable}: created, billed on demand", output, StringComparison.Ordinal);
        Assert.Contains("point-in-time recovery left out, this server does not offer it", output, StringComparison.Ordinal);

        var table = (await _place.Client.DescribeTableAsync(_place.Options.RecordsTable, Cancelled)).Table;
        Assert.Equal(BillingMode.PAY_PER_REQUEST, table.BillingModeSummary?.BillingMode);
        Assert.Equal("pending", Assert.Single(table.GlobalSecondaryIndexes).IndexName);

        await _place.WriteFlagAsync(new() { ["name"] = new("kept"), ["enabled"] = new() { BOOL = true } });
        (code, output, errors) = await RunAsync();
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains($"{_place.Options.FlagsTable}: is there", output, StringComparison.Ordinal);
        Assert.DoesNotContain("created", output, StringComparison.Ordinal);
        Assert.NotNull(await _place.FlagItemAsync("kept"));
        await using var store = _place.Open();
        await store.Timeline.AppendAsync(Events.Flip(), Cancelled);
        await store.SweepAsync();
    }

    [Fact]
    public async Task A_table_with_another_key_is_an_error_that_says_so_and_is_left_alone()
    {
        await _place.Client.CreateTableAsync(
            new()
            {
                TableName = _place.Options.FlagsTable,
                BillingMode = BillingMode.PAY_PER_REQUEST,
                AttributeDefinitions = [new("id", ScalarAttributeType.S)],
                KeySchema = [new("id", KeyType.HASH)],
            },
            Cancelled);

        var (code, _, errors) = await RunAsync();

        Assert.Equal(78, code);
        Assert.Contains($"Table {_place.Options.FlagsTable} has another key (id) than the console needs (name, strings)", errors, StringComparison.Ordinal);
        Assert.Contains("OpsConsole:Aws:FlagsTable", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_that_is_missing_is_added()
    {
        var shape = TableShape.All(_place.Options)[1];
        await _place.Client.CreateTableAsync((shape with { Index = null }).ToCreate(), Cancelled);
        await using var proxy = await DynamoProxy.StartAsync(_place.Server);
        JsonElement? asked = null;
        proxy.Decide = request => request.Operation == "UpdateTable" ? Fate.Answer(() => AddAsync(request.Body)) : Fate.Usual;

        var (code, output, errors) = await RunAsync(proxy.Address);

        Assert.Equal((0, ""), (code, errors));
        var index = asked!.Value.GetProperty("GlobalSecondaryIndexUpdates")[0].GetProperty("Create");
        Assert.Equal(("pending", "KEYS_ONLY"), (index.GetProperty("IndexName").GetString(), index.GetProperty("Projection").GetProperty("ProjectionType").GetString()));
        Assert.Contains("index pending added", output, StringComparison.Ordinal);

        // Dynalite has this only for new tables.
        async Task<string> AddAsync(JsonElement request)
        {
            asked = request;
            await _place.Client.DeleteTableAsync(shape.Name, Cancelled);
            while ((await _place.Client.ListTablesAsync(new ListTablesRequest { Limit = 100 }, Cancelled)).TableNames.Contains(shape.Name))
            {
                await Task.Yield();
            }

            await _place.Client.CreateTableAsync(shape.ToCreate(), Cancelled);
            return "{}";
        }
    }

    [Theory]
    [InlineData(64, "Usage")]
    [InlineData(64, "Usage", "destroy")]
    [InlineData(78, "FlagsTable", "init", "--OpsConsole:Aws:FlagsTable=a b", "--AWS:ServiceURL=http://127.0.0.1:9")]
    [InlineData(78, "two tables", "init", "--OpsConsole:Aws:FlagsTable=opsconsole", "--AWS:ServiceURL=http://127.0.0.1:9")]
    [InlineData(78, "cannot be reached", "init", "--AWS:ServiceURL=http://127.0.0.1:9", "--AWS:Profile=test")]
    public async Task What_is_wrong_is_said_in_one_line(int expected, string part, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();

        var code = await AwsCommand.RunAsync([.. arguments, .. arguments.Contains("--AWS:Profile=test") ? Profile() : []], output, errors);

        Assert.Equal(expected, code);
        Assert.Contains(part, errors.ToString(), StringComparison.Ordinal);
        Assert.Single(errors.ToString().Trim().Split('\n'));
    }

    private string[] Profile() => [$"--AWS:ProfilesLocation={_place.Configuration(_place.Server)["AWS:ProfilesLocation"]}"];

    private async Task<(int Code, string Output, string Errors)> RunAsync(Uri? address = null)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var settings = _place.Configuration(address ?? _place.Server);
        var code = await AwsCommand.RunAsync(
            [
                "init", $"--OpsConsole:Aws:FlagsTable={_place.Options.FlagsTable}", $"--OpsConsole:Aws:RecordsTable={_place.Options.RecordsTable}",
                $"--AWS:ServiceURL={settings["AWS:ServiceURL"]}", "--AWS:Profile=test", .. Profile(),
            ],
            output,
            errors);
        return (code, output.ToString(), errors.ToString());
    }
}
