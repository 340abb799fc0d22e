using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.FIS;
using Amazon.Runtime;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Aws.Scripted.Fis;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>The scripted server lets nobody in who may not, and fails as it is told.</summary>
public sealed class ScriptedAwsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
    private ScriptedAws _aws = null!;
    private IAmazonFIS _fis = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await ScriptedAws.StartAsync(_time);
        _fis = _aws.CreateFis(config => config.MaxErrorRetry = 0);
    }

    public async ValueTask DisposeAsync()
    {
        _fis.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task A_request_without_a_signature_is_refused()
    {
        using var http = new HttpClient { BaseAddress = _aws.Url };

        var fis = await http.GetAsync(new Uri("experiments", UriKind.Relative), Token);
        using var ask = new HttpRequestMessage(HttpMethod.Post, "");
        ask.Headers.Add("X-Amz-Target", "GraniteServiceVersion20100801.ListMetrics");
        ask.Headers.Add("x-amzn-query-mode", "true");
        ask.Content = new StringContent("{}", Encoding.UTF8, "application/x-amz-json-1.0");
        ask.Content.Headers.ContentType!.CharSet = null;
        var cloudWatch = await http.SendAsync(ask, Token);

        Assert.Equal(HttpStatusCode.Forbidden, fis.StatusCode);
        Assert.Equal(["MissingAuthenticationTokenException"], fis.Headers.GetValues("x-amzn-ErrorType"));
        Assert.Equal(["MissingAuthenticationToken;Sender"], cloudWatch.Headers.GetValues("x-amzn-query-error"));
        Assert.EndsWith("#MissingAuthenticationTokenException", (await cloudWatch.Content.ReadFromJsonAsync<JsonObject>(Token)).Text("__type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_signed_with_another_secret_or_by_another_key_is_refused()
    {
        using var wrongSecret = new AmazonFISClient(new BasicAWSCredentials(_aws.Credentials.AccessKeyId, "other"), Config());
        using var wrongKey = new AmazonFISClient(new BasicAWSCredentials("AKIAOTHER", _aws.Credentials.SecretAccessKey), Config());
        using var wrongToken = new AmazonFISClient(new SessionAWSCredentials(_aws.Credentials.AccessKeyId, _aws.Credentials.SecretAccessKey, "none"), Config());

        Assert.Equal("InvalidSignatureException", await Refused(wrongSecret));
        Assert.Equal("UnrecognizedClientException", await Refused(wrongKey));
        Assert.Equal("UnrecognizedClientException", await Refused(wrongToken));
    }

    [Theory]
    [InlineData("the path", 403)]
    [InlineData("the query", 403)]
    [InlineData("the body", 403)]
    [InlineData("a signed header", 403)]
    [InlineData("a further x-amz header", 403)]
    [InlineData("nothing", 404)]
    public async Task A_request_that_is_changed_on_its_way_is_refused(string what, int status)
    {
        var recorded = await RecordedStart();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_aws.Url, what switch { "the path" => "/experiments/", "the query" => "/experiments?a=b", _ => "/experiments" }));
        request.Content = new ByteArrayContent(what == "the body" ? [.. recorded.Body, (byte)' '] : recorded.Body);
        foreach (var (name, value) in recorded.Headers)
        {
            _ = request.Headers.TryAddWithoutValidation(name, what == "a signed header" && name == "x-amz-api-version" ? "2021-01-01" : value)
                || request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        if (what == "a further x-amz header")
        {
            request.Headers.Add("x-amz-meta", "1");
        }
        request.Headers.Host = _aws.Url.Authority;

        var answer = await http.SendAsync(request, Token);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task What_is_denied_can_be_allowed_again()
    {
        _aws.Faults.Deny("fis:*");
        Assert.Equal("AccessDeniedException", await Refused(_fis));

        _aws.Faults.Allow("fis:*");
        await _fis.ListExperimentsAsync(new(), Token);

        Assert.Equal(["AccessDeniedException", null], _aws.Calls.Select(call => call.Error));
    }

    [Fact]
    public async Task A_cut_answer_was_carried_out_and_a_dropped_call_was_not()
    {
        var template = _aws.Fis.AddTemplate();
        using var once = _aws.CreateFis(config => (config.MaxErrorRetry, config.MaxStaleConnectionRetries) = (0, 0));

        _aws.Faults.CutAnswer("fis:StartExperiment");
        await Assert.ThrowsAnyAsync<Exception>(() => once.StartExperimentAsync(new() { ExperimentTemplateId = template }, Token));
        Assert.Single(_aws.Fis.Experiments);

        _aws.Faults.Drop("fis:StartExperiment");
        await Assert.ThrowsAnyAsync<Exception>(() => once.StartExperimentAsync(new() { ExperimentTemplateId = template }, Token));
        Assert.Single(_aws.Fis.Experiments);
        Assert.All(_aws.Calls, call => Assert.Equal(0, call.Status));
    }

    [Fact]
    public async Task A_held_call_is_carried_out_when_it_is_let_go()
    {
        var template = _aws.Fis.AddTemplate();
        using var held = _aws.Faults.Hold("fis:StartExperiment");

        var call = _fis.StartExperimentAsync(new() { ExperimentTemplateId = template }, Token);
        await held.Arrived.WaitAsync(Token);
        Assert.Empty(_aws.Fis.Experiments);
        held.Release();
        await call;

        Assert.Single(_aws.Fis.Experiments);
    }

    [Fact]
    public async Task Pages_can_be_lost_and_can_be_empty()
    {
        var template = _aws.Fis.AddTemplate();
        var ids = Enumerable.Range(0, 3).Select(_ => _aws.Fis.StartElsewhere(template)).Reverse().ToList();
        _aws.Faults.EmptyPage("fis:ListExperiments");

        var pages = await _fis.Paginators.ListExperiments(new() { MaxResults = 1 }).Responses.ToListAsync(Token);
        _aws.Faults.LoseToken("fis:ListExperiments");
        var first = await _fis.ListExperimentsAsync(new() { MaxResults = 1 }, Token);

        Assert.Equal([1, 0, 1, 1], pages.Select(page => page.Experiments.Count));
        Assert.Equal(ids, pages.SelectMany(page => page.Experiments).Select(experiment => experiment.Id));
        await Assert.ThrowsAsync<Amazon.FIS.Model.ValidationException>(() => _fis.ListExperimentsAsync(new() { MaxResults = 1, NextToken = first.NextToken }, Token));
    }

    [Fact]
    public async Task A_token_belongs_to_the_list_that_it_came_with()
    {
        var (one, other) = (_aws.Fis.AddTemplate(), _aws.Fis.AddTemplate());
        _aws.Fis.StartElsewhere(one);
        _aws.Fis.StartElsewhere(one);
        var token = (await _fis.ListExperimentsAsync(new() { MaxResults = 1, ExperimentTemplateId = one }, Token)).NextToken;

        await Assert.ThrowsAsync<Amazon.FIS.Model.ValidationException>(
            () => _fis.ListExperimentsAsync(new() { MaxResults = 1, ExperimentTemplateId = other, NextToken = token }, Token));
    }

    [Fact]
    public async Task A_test_can_wait_for_a_call()
    {
        var waiting = _aws.Calls.WaitForAsync("fis:ListExperiments", count: 2, Token);
        await _fis.ListExperimentsAsync(new(), Token);
        Assert.False(waiting.IsCompleted);

        await _fis.ListExperimentsAsync(new() { MaxResults = 7 }, Token);

        Assert.Equal(7, (await waiting)[1].Input.Whole("maxResults"));
    }

    [Fact]
    public async Task All_is_well_again_after_clearing()
    {
        _aws.Faults.Deny("*");
        _aws.Faults.Fail("*", 500, int.MaxValue);
        _aws.Faults.CredentialsExpired = true;
        _aws.Faults.LimitRate("*", 0);

        _aws.Faults.Clear();

        await _fis.ListExperimentsAsync(new(), Token);
    }

    [Fact]
    public void Rules_name_every_breach()
    {
        var input = Json.Object(("clientToken", ""), ("tags", Json.Object(("a", 1))), ("experimentOptions", Json.Object(("actionsMode", "some"))), ("extra", true));

        var breaches = FisRules.Inputs["StartExperiment"].Check(input);

        Assert.Equal(
            ["clientToken", "clientToken", "experimentTemplateId", "experimentOptions.actionsMode", "tags.a.member", "extra"], breaches.Select(breach => breach.Member));
        Assert.Equal("experimentTemplateId", Assert.Single(breaches, breach => breach.IsMissing).Member);
    }

    private AmazonFISConfig Config() => new() { ServiceURL = _aws.Url.ToString(), AuthenticationRegion = ScriptedAws.Region, MaxErrorRetry = 0 };

    private static async Task<string> Refused(IAmazonFIS fis) =>
        (await Assert.ThrowsAsync<AmazonFISException>(() => fis.ListExperimentsAsync(new(), Token))).ErrorCode;

    // What the SDK sent and how it had signed it; asks for a template that there is not, so that it can be sent again.
    private async Task<Recorded> RecordedStart()
    {
        await Assert.ThrowsAsync<Amazon.FIS.Model.ResourceNotFoundException>(
            () => _fis.StartExperimentAsync(new() { ClientToken = "t", ExperimentTemplateId = "EXT0" }, Token));
        var call = Assert.Single(_aws.Calls);
        var skipped = new[] { "Host", "Content-Length", "Transfer-Encoding" };
        return new Recorded(
            call.Headers.Where(header => !skipped.Contains(header.Key, StringComparer.OrdinalIgnoreCase)).ToDictionary(),
            Encoding.UTF8.GetBytes("""{"clientToken":"t","experimentTemplateId":"EXT0"}"""));
    }

    private sealed record Recorded(Dictionary<string, string> Headers, byte[] Body);
}
