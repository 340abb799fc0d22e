using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Api;

/// <summary>Whatever is wrong with a request is answered by problem details (RFC 9457) that say what to do.</summary>
public sealed class BadInputTests(BadInputTests.OneConsole one) : IClassFixture<BadInputTests.OneConsole>
{
    private readonly ConsoleHost _console = one.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"reason\":1}x")]
    [InlineData("\"text\"")]
    [InlineData("17")]
    [InlineData("{\"reason\":}")]
    [InlineData("\u0000\u0001\u0002")]
    [InlineData("nested")]
    public async Task Malformed_json_is_a_problem_at_every_endpoint_that_takes_a_body(string body)
    {
        body = body == "nested" ? string.Concat(Enumerable.Repeat("{\"reason\":", 500)) : body;
        var endpoints = Bodies().ToList();
        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                "PUT /api/v1/flags/x", "POST /api/v1/flags/x/flip", "PUT /api/v1/experiments/x", "POST /api/v1/experiments/x/runs", "POST /api/v1/runs/x/halt",
                "PUT /api/v1/runs/x/lessons", "POST /api/v1/halt", "PUT /api/v1/safety-lever", "POST /api/v1/flags/x/latch-reset", "POST /api/v1/flags/x/unarchive",
            },
            endpoints.Select(endpoint => $"{endpoint.Method} {endpoint.Path}").ToHashSet(StringComparer.Ordinal));
        foreach (var (method, path) in endpoints.Append((HttpMethod.Post, "/agents/v1/report")))
        {
            await ProblemAsync(method, path, HttpStatusCode.BadRequest, body);
        }
    }

    [Fact]
    public async Task A_body_of_another_type_or_beyond_all_measure_is_a_problem_too()
    {
        foreach (var (method, path) in Bodies().Where(endpoint => !endpoint.Path.EndsWith("/halt", StringComparison.Ordinal)))
        {
            await ProblemAsync(method, path, HttpStatusCode.UnsupportedMediaType, "reason=x", type: "application/x-www-form-urlencoded");
        }

        await ProblemAsync(HttpMethod.Post, "/agents/v1/report", HttpStatusCode.RequestEntityTooLarge, new string(' ', 300 * 1024));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "reason=fire")]
    [InlineData("text/plain", "fire")]
    [InlineData("application/json", "")]
    [InlineData("application/json", "null")]
    [InlineData(null, null)]
    public async Task A_halt_is_not_refused_for_how_its_reason_is_sent(string? type, string? body)
    {
        using var client = _console.Client();
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, type!);
        using var answer = await client.PostAsync("/api/v1/halt", content, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/api/v1/flags/nothing", "/api/v1/flags")]
    [InlineData("POST", "/api/v1/flags/nothing/flip", "/api/v1/flags", "{\"enabled\":true,\"reason\":\"x\"}")]
    [InlineData("POST", "/api/v1/flags/nothing/flip", "/api/v1/flags", "{\"enabled\":false}")]
    [InlineData("POST", "/api/v1/flags/nothing/latch-reset", "/api/v1/flags")]
    [InlineData("POST", "/api/v1/flags/nothing/unarchive", "/api/v1/flags")]
    [InlineData("DELETE", "/api/v1/flags/nothing", "/api/v1/flags")]
    [InlineData("GET", "/api/v1/flags/%E2%98%83%2F..", "/api/v1/flags")]
    [InlineData("GET", "/api/v1/health/nothing/history", "/api/v1/health")]
    [InlineData("GET", "/api/v1/experiments/nothing", "/api/v1/experiments")]
    [InlineData("POST", "/api/v1/experiments/nothing/preflight", "/api/v1/experiments")]
    [InlineData("POST", "/api/v1/experiments/nothing/runs", "/api/v1/experiments", "{}")]
    [InlineData("GET", "/api/v1/runs/nothing", "/api/v1/runs")]
    [InlineData("POST", "/api/v1/runs/nothing/halt", "/api/v1/runs")]
    [InlineData("PUT", "/api/v1/runs/nothing/lessons", "/api/v1/runs", "{\"lessons\":\"x\"}")]
    [InlineData("GET", "/api/v1/runs/nothing/export", "/api/v1/runs")]
    public async Task What_is_not_known_is_404_and_says_where_to_look(string method, string path, string whereToLook, string? body = null)
    {
        var problem = await ProblemAsync(new(method), path, HttpStatusCode.NotFound, body);
        Assert.Contains(whereToLook, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/api/v1/health/shop/history?points=0", "points")]
    [InlineData("GET", "/api/v1/health/shop/history?points=5001", "points")]
    [InlineData("GET", "/api/v1/health/shop/history?points=1.5", "points")]
    [InlineData("GET", "/api/v1/health/shop/history?from=tomorrow", "from")]
    [InlineData("GET", "/api/v1/health/shop/history?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("GET", "/api/v1/health/shop/history?from=1&to=99999999999999", "to")]
    [InlineData("GET", "/api/v1/timeline?limit=0", "limit")]
    [InlineData("GET", "/api/v1/timeline?limit=1001", "limit")]
    [InlineData("GET", "/api/v1/timeline?after=-1", "after")]
    [InlineData("GET", "/api/v1/timeline?after=99999999999999999999", "after")]
    [InlineData("GET", "/api/v1/timeline?order=sideways", "order")]
    [InlineData("GET", "/api/v1/timeline?from=yesterday", "from")]
    [InlineData("GET", "/api/v1/runs?limit=1001", "limit")]
    [InlineData("GET", "/api/v1/runs?verdict=Fine", "verdict")]
    [InlineData("PUT", "/api/v1/flags/a%20b", "key", "{}")]
    [InlineData("PUT", "/api/v1/flags/a", "key", "{\"key\":\"b\"}")]
    [InlineData("PUT", "/api/v1/flags/a", "percentage", "{\"percentage\":-1}")]
    [InlineData("PUT", "/api/v1/flags/a", "shedOrder", "{\"shedOrder\":10001}")]
    [InlineData("PUT", "/api/v1/flags/a", "conditions", "{\"conditions\":{\"service\":\"shop\"}}")]
    [InlineData("PUT", "/api/v1/flags/a", "conditions.maxCpuUtilization", "{\"conditions\":{\"service\":\"shop\",\"maxCpuUtilization\":101}}")]
    [InlineData("PUT", "/api/v1/flags/a", "conditions.recoverForSeconds", "{\"conditions\":{\"service\":\"shop\",\"maxErrorRate\":5,\"recoverForSeconds\":1e300}}")]
    [InlineData("PUT", "/api/v1/flags/a", "prerequisites", "{\"prerequisites\":[\"nothing\"]}")]
    [InlineData("PUT", "/api/v1/flags/a", "changeReason", "{\"changeReason\":\"<501>\"}")]
    [InlineData("POST", "/api/v1/flags/a/flip", "enabled", "{}")]
    [InlineData("POST", "/api/v1/flags/a/flip", "reason", "{\"enabled\":true,\"reason\":\"<501>\"}")]
    [InlineData("POST", "/api/v1/flags/a/latch-reset", "reason", "{\"reason\":\"<501>\"}")]
    [InlineData("POST", "/api/v1/flags/a/unarchive", "reason", "{\"reason\":\"<501>\"}")]
    [InlineData("DELETE", "/api/v1/flags/a?reason=<501>", "reason")]
    [InlineData("POST", "/api/v1/experiments/network-latency/runs", "reason", "{\"reason\":\"<501>\"}")]
    [InlineData("POST", "/api/v1/experiments/network-latency/runs", "clientToken", "{\"clientToken\":\"\"}")]
    [InlineData("PUT", "/api/v1/safety-lever", "engaged", "{\"reason\":\"x\"}")]
    [InlineData("PUT", "/api/v1/safety-lever", "reason", "{\"engaged\":true,\"reason\":\" \"}")]
    [InlineData("PUT", "/api/v1/safety-lever", "reason", "{\"engaged\":true,\"reason\":\"<501>\"}")]
    [InlineData("PUT", "/api/v1/runs/nothing/lessons", "lessons", "{}")]
    [InlineData("GET", "/agents/v1/stream", "stamp")]
    public async Task What_is_out_of_range_is_said_at_its_member(string method, string path, string member, string? body = null)
    {
        var longText = new string('x', 501);
        var problem = await ProblemAsync(
            new(method),
            path.Replace("<501>", longText, StringComparison.Ordinal),
            HttpStatusCode.BadRequest,
            body?.Replace("<501>", longText, StringComparison.Ordinal));
        Assert.NotEmpty(problem.GetProperty("errors").GetProperty(member)[0].GetString()!);
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/api/v1/timeline", HttpStatusCode.MethodNotAllowed)]
    public async Task A_wrong_address_or_method_is_a_problem_too(string method, string path, HttpStatusCode status)
    {
        using var client = _console.Client();
        using var request = new HttpRequestMessage(new(method), path);
        using var answer = await client.SendAsync(request, Cancel);
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("detail", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "PARSE_ERROR")]
    [InlineData("[]", "INVALID_CONTEXT")]
    [InlineData("{\"context\":3}", "INVALID_CONTEXT")]
    [InlineData("{\"context\":{\"targetingKey\":3}}", "INVALID_CONTEXT")]
    public async Task Ofrep_answers_with_its_own_codes(string body, string code)
    {
        using var client = _console.Client();
        foreach (var path in new[] { "/ofrep/v1/evaluate/flags", "/ofrep/v1/evaluate/flags/a" })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(path, content, Cancel);
            using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
            Assert.Equal((HttpStatusCode.BadRequest, code), (answer.StatusCode, document.RootElement.GetProperty("errorCode").GetString()));
        }
    }

    /// <summary>Every endpoint of the API that takes a body, as the routes say: none can be forgotten.</summary>
    private IEnumerable<(HttpMethod Method, string Path)> Bodies() =>
        from endpoint in _console.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null
        let route = "/" + endpoint.RoutePattern.RawText!.Trim('/')
        where route.StartsWith("/api/", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        select (new HttpMethod(method), route.Replace("{id}", "x", StringComparison.Ordinal).Replace("{key}", "x", StringComparison.Ordinal));

    private async Task<JsonElement> ProblemAsync(
        HttpMethod method, string path, HttpStatusCode status, string? body = null, string type = "application/json")
    {
        using var client = _console.Client(ConsoleHost.AdminKey);
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        using var answer = await client.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == status, $"{method} {path}: {answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(text);
        Assert.NotEmpty(problem.RootElement.GetProperty("title").GetString()!);
        Assert.True(
            problem.RootElement.TryGetProperty("detail", out var detail) && detail.GetString()!.Length > 0 || problem.RootElement.TryGetProperty("errors", out _),
            $"{method} {path} does not say what to do: {text}");
        return problem.RootElement.Clone();
    }

    /// <summary>One console for all of these: nothing that is wrong changes anything.</summary>
    public sealed class OneConsole : IDisposable
    {
        internal ConsoleHost Host { get; } = new();

        public void Dispose() => Host.Dispose();
    }
}
