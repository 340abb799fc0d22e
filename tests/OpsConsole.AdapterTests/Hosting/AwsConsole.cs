using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.AdapterTests.Records;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.AdapterTests.Hosting;

/// <summary>The built console in AWS mode, as a process of its own: DynamoDB is dynalite, everything else a scripted account.</summary>
internal sealed class AwsConsole : IAsyncDisposable
{
    /// <summary>Lets in whoever shows it as an administrator.</summary>
    public const string AdminKey = "admin-key-for-tests-0123456789";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DynamoPlace _place;
    private readonly string _directory = Directory.CreateTempSubdirectory("opsconsole-aws-").FullName;
    private readonly AwsConsole? _beside;
    private readonly (string Name, string Value)[] _settings;
    private ConsoleProcess _process = null!;

    private AwsConsole(ScriptedAws aws, DynamoPlace place, AwsConsole? beside, (string Name, string Value)[] settings)
    {
        Aws = aws;
        _place = place;
        _beside = beside;
        _settings =
        [
            ("OpsConsole:SharedDirectory", beside?._directory ?? _directory),
            ("OpsConsole:Backend", "Aws"),
            ("OpsConsole:Aws:FlagsTable", place.Options.FlagsTable),
            ("OpsConsole:Aws:RecordsTable", place.Options.RecordsTable),
            ("OpsConsole:Aws:Fis:TemplatesLast", "00:00:01"),
            ("OpsConsole:Aws:Fis:WriteMetricsEvery", "00:00:01"),
            ("OpsConsole:Auth:ApiKeys:0:Name", "ada"),
            ("OpsConsole:Auth:ApiKeys:0:Key", AdminKey),
            ("OpsConsole:Auth:ApiKeys:0:Role", "admin"),
            .. settings,
        ];
    }

    public ScriptedAws Aws { get; }

    /// <summary>Speaks to the console as an administrator.</summary>
    public HttpClient Api { get; private set; } = new();

    public IReadOnlyCollection<string> Output => _process.Output;

    /// <summary>The tables, for whoever is not the console.</summary>
    public DynamoPlace Place => _place;

    public static Task<AwsConsole> StartAsync(DynaliteServer dynalite, params (string Name, string Value)[] settings) =>
        StartAsync(dynalite, static _ => { }, settings);

    /// <summary>Starts it with an account in which there is something already.</summary>
    public static async Task<AwsConsole> StartAsync(DynaliteServer dynalite, Action<ScriptedAws> prepare, params (string Name, string Value)[] settings)
    {
        var console = new AwsConsole(await ScriptedAws.StartAsync(), await DynamoPlace.CreateAsync(dynalite), beside: null, settings);
        prepare(console.Aws);
        await console.StartAsync();
        return console;
    }

    /// <summary>Starts another replica on the same account and tables; only what signs cookies, which replicas share, lies in a directory of both.</summary>
    public async Task<AwsConsole> StartBesideAsync(string name)
    {
        var console = new AwsConsole(Aws, _place, this, [.. _settings[1..], ("OpsConsole:Replicas:Name", name)]);
        await console.StartAsync();
        return console;
    }

    /// <summary>Starts it again after it was killed; its address is another.</summary>
    public async Task StartAsync()
    {
        _process = ConsoleProcess.StartWith(
            new Dictionary<string, string>(Aws.Environment, StringComparer.Ordinal) { ["AWS_ENDPOINT_URL_DYNAMODB"] = _place.Server.ToString() }, _directory, _settings);
        Api.Dispose();
        Api = new HttpClient { BaseAddress = await ListeningAsync() };
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    public Task KillAsync() => _process.KillAsync();

    public async Task<JsonElement> GetAsync(string path) =>
        await Api.GetFromJsonAsync<JsonElement>("/api/v1/" + path, TestContext.Current.CancellationToken);

    public async Task<JsonElement> PostAsync(string path, object? body = null)
    {
        using var response = await Api.PostAsJsonAsync("/api/v1/" + path, body ?? new { }, TestContext.Current.CancellationToken);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks until the answer is as it shall be.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        JsonElement last = default;
        while (true)
        {
            using var response = await Api.GetAsync("/api/v1/" + path, limit.Token);
            if (response.IsSuccessStatusCode && isSo(last = await response.Content.ReadFromJsonAsync<JsonElement>(limit.Token)))
            {
                return last;
            }

            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                Assert.Fail($"{path} was never as it should be. Last: {last}\n{string.Join('\n', Output.TakeLast(20))}");
            }
        }
    }

    private async Task<Uri> ListeningAsync()
    {
        try
        {
            return await _process.AddressAsync();
        }
        catch (TimeoutException problem)
        {
            throw new TimeoutException($"The console did not start.\n{string.Join('\n', Output.TakeLast(30))}", problem);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Api.Dispose();
        if (_beside is null)
        {
            await Aws.DisposeAsync();
            _place.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }
}
