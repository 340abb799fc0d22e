using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.Aws.Parameters;
using OpsConsole.Core;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Parameters;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>Parameters by path, through the official client, against the scripted server.</summary>
public sealed class ParameterStoreTests : IAsyncLifetime
{
    private const string Path = "/opsconsole/production";
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
    private readonly ParameterFeed _feed = new();
    private readonly Lines _log = new();
    private ScriptedAws _aws = null!;
    private IAmazonSimpleSystemsManagement _client = null!;
    private ParameterStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ParameterSnapshot Now => _feed.Current;

    public async ValueTask InitializeAsync()
    {
        _aws = await ScriptedAws.StartAsync(_time);
        _client = _aws.CreateSsm(config => (config.MaxErrorRetry, config.RetryMode) = (1, RequestRetryMode.Standard));
        _store = new(_client, _feed, Options.Create(new ParameterStoreOptions { Path = Path }), new ConsoleEnvironment("production"), _time, _log);
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        _client.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task The_parameters_below_the_path_are_read_over_all_pages()
    {
        Set("environment", "production");
        Set("safeguards/max-error-rate", "7.5");
        Set("safeguards/max-latency", "900");
        Set("actions/drain", """{"document":"Drain","parameters":{"Group":"{service}"}}""");
        for (var i = 0; i < 12; i++)
        {
            Set($"experiments/type-{i}/template", $"EXT{i}");
        }

        _aws.Ssm.SetParameter("/opsconsole/productions/environment", "other");
        await _store.LookAsync(Token);

        Assert.Equal(("production", new Safeguards(7.5, 900)), (Now.Environment, Now.SafeguardDefaults));
        Assert.Equal(12, Now.Templates.Count);
        Assert.Equal("EXT11", Now.Templates["type-11"]);
        Assert.Equal(["{service}"], Now.Runbooks["drain"].Parameters["Group"]);
        Assert.Equal(16, Now.Readings.Length);
        Assert.All(Now.Readings, reading => Assert.Null(reading.Problem));
        Assert.Equal(2, _aws.Calls.Of("ssm:GetParametersByPath").Count);
        Assert.Equal(_time.GetUtcNow(), Now.ReadAt);
    }

    [Fact]
    public async Task A_secret_is_neither_decrypted_nor_shown_nor_logged()
    {
        Set("environment", "hush-hush", "SecureString");
        Set("database/password", "hush-hush", "SecureString");
        await _store.LookAsync(Token);

        Assert.All(_aws.Calls, call => Assert.False(call.Input["WithDecryption"]?.GetValue<bool>() ?? false));
        var encrypted = (await _client.GetParameterAsync(new() { Name = Path + "/environment" }, Token)).Parameter.Value;
        var shown = System.Text.Json.JsonSerializer.Serialize(Now) + string.Join('\n', _log.Written);
        Assert.DoesNotContain("hush-hush", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(encrypted, shown, StringComparison.Ordinal);
        Assert.Null(Now.Environment);
        Assert.Equal(
            $"{Path}/environment is a SecureString, which this console never decrypts. Store it as String. It is ignored.",
            Now.Readings.Single(reading => reading.Name == Path + "/environment").Problem);
    }

    [Fact]
    public async Task A_value_that_cannot_be_used_is_named_and_the_last_good_one_stays_in_force()
    {
        Set("safeguards/max-error-rate", "5");
        await _store.LookAsync(Token);
        Set("safeguards/max-error-rate", "lots");
        await _store.LookAsync(Token);
        await _store.LookAsync(Token);

        Assert.Equal(5, Now.SafeguardDefaults.MaxErrorRate);
        Assert.Equal($"{Path}/safeguards/max-error-rate must be a number over 0 and up to 100 %, not “lots”. “5” stays in force.", Now.Readings[0].Problem);
        Assert.Contains(_log.Written, line => line.Contains(Path + "/safeguards/max-error-rate", StringComparison.Ordinal));

        _aws.Ssm.RemoveParameter(Path + "/safeguards/max-error-rate");
        await _store.LookAsync(Token);
        Assert.Null(Now.SafeguardDefaults.MaxErrorRate);
    }

    [Theory]
    [InlineData("environment", "two words", "must be the name of an environment")]
    [InlineData("safeguards/max-latency", "0", "must be a number over 0 and up to 600000 ms")]
    [InlineData("safeguards/max-error-rate", "101", "must be a number over 0 and up to 100 %")]
    [InlineData("safeguards/max-error-rate", "NaN", "must be a number")]
    [InlineData("experiments/latency/template", "two words", "must be the id of an experiment template")]
    [InlineData("actions/drain", "{", "is no runbook: write JSON such as")]
    [InlineData("actions/drain", "[]", "is no runbook: write JSON such as")]
    [InlineData("actions/drain", """{"parameters":{}}""", "is no runbook: Document is missing")]
    [InlineData("actions/drain", """{"document":"Drain","role":"x"}""", "is no runbook: “role” is not known")]
    [InlineData("actions/drain", """{"document":"Drain","parameters":{"A":"{cluster}"}}""", "is no runbook: Parameters:A holds {cluster}")]
    [InlineData("colour", "blue", "says nothing to this console")]
    public async Task Each_kind_of_wrong_value_has_its_sentence(string name, string value, string problem)
    {
        Set(name, value);
        await _store.LookAsync(Token);

        Assert.StartsWith($"{Path}/{name} {problem}", Now.Readings[0].Problem, StringComparison.Ordinal);
        Assert.Equal((null, 0, 0), (Now.Environment, Now.Templates.Count, Now.Runbooks.Count));
    }

    [Fact]
    public async Task Parameters_of_another_environment_do_not_go_unseen()
    {
        Set("environment", "staging");
        await _store.LookAsync(Token);

        Assert.Contains("says staging, but this console operates production", Now.Readings[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_last_read_stays_while_the_parameters_cannot_be_read()
    {
        Set("experiments/latency/template", "EXT1");
        await _store.LookAsync(Token);
        var read = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromMinutes(3));
        _aws.Faults.Deny("ssm:GetParametersByPath");
        await _store.LookAsync(Token);

        Assert.Equal(("EXT1", read), (Now.Templates["latency"], Now.ReadAt));
        Assert.Equal("AWS denies the console ssm:GetParametersByPath. Allow it in the console's IAM policy; the console goes on by itself.", Now.Problem);

        _aws.Faults.Clear();
        await _store.LookAsync(Token);
        Assert.Equal((null, _time.GetUtcNow()), (Now.Problem, Now.ReadAt));
    }

    [Fact]
    public async Task A_list_that_changes_between_two_pages_is_read_anew()
    {
        for (var i = 0; i < 12; i++)
        {
            Set($"experiments/type-{i}/template", $"EXT{i}");
        }

        _aws.Faults.LoseToken("ssm:GetParametersByPath");
        await _store.LookAsync(Token);

        Assert.Equal((null, 12), (Now.Problem, Now.Templates.Count));
    }

    [Fact]
    public async Task Half_a_list_is_never_taken_for_the_whole()
    {
        for (var i = 0; i < 12; i++)
        {
            Set($"experiments/type-{i}/template", $"EXT{i}");
        }

        await _store.LookAsync(Token);
        _aws.Faults.Rewrite("ssm:GetParametersByPath", answer => answer["NextToken"] = "lost");
        await _store.LookAsync(Token);

        Assert.Equal(12, Now.Templates.Count);
        Assert.NotNull(Now.Problem);
    }

    [Fact]
    public async Task They_are_read_at_the_start_and_once_a_minute()
    {
        await _store.StartAsync(Token);
        await _aws.Calls.WaitForAsync("ssm:GetParametersByPath", 1, Token);
        await ReadAsync(1);
        _time.Advance(TimeSpan.FromMinutes(1));

        await _aws.Calls.WaitForAsync("ssm:GetParametersByPath", 2, Token);
        await _store.StopAsync(Token);
    }

    private async Task ReadAsync(int times)
    {
        await foreach (var now in _feed.WatchAsync(Token))
        {
            if (now.ReadAt is not null && --times == 0)
            {
                return;
            }
        }
    }

    private void Set(string name, string value, string type = "String") => _aws.Ssm.SetParameter($"{Path}/{name}", value, type);

    private sealed class Lines : ILogger<ParameterStore>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
