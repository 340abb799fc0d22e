using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Features.Experiments.Replicas;
using OpsConsole.Shell.Auth;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Shell;

public sealed class SignInTests : IDisposable
{
    private readonly ConsoleHost _console = new();

    public void Dispose() => _console.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_route_but_sign_in_liveness_and_assets_asks_for_a_policy()
    {
        string[] open = ["/signin", "/login", "/healthz", "/error", "/assets/", "/_framework/", "/_content/", "/ofrep/v1/events", "/OpsConsole."];
        var endpoints = _console.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

        var unguarded = endpoints
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.TrimStart('/'))
            .Where(route => !Array.Exists(open, prefix => route.StartsWith(prefix, StringComparison.Ordinal)));

        Assert.Empty(unguarded);
    }

    [Theory]
    [InlineData("/api/v1/flags")]
    [InlineData("/api/v1/health")]
    [InlineData("/api/v1/timeline")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/hubs/health")]
    public async Task A_program_without_a_key_is_told_to_sign_in(string route)
    {
        using var client = _console.Client(apiKey: null);
        using var answer = await client.GetAsync(route, Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("X-API-Key", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_without_a_cookie_is_sent_to_the_sign_in_page()
    {
        using var browser = new Browser(_console.Address);
        using var answer = await browser.Http.GetAsync("/flags", Cancel);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.StartsWith("/login?returnUrl=%2Fflags", answer.Headers.Location?.PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_key_is_refused_even_beside_a_valid_cookie()
    {
        using var browser = await Browser.SignedInAsync(_console);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.Add("X-API-Key", "not-a-key-of-this-console");

        using var answer = await browser.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + ConsoleHost.ViewerKey)]
    [InlineData("Authorization", "bearer " + ConsoleHost.ViewerKey)]
    [InlineData("X-API-Key", ConsoleHost.ViewerKey)]
    public async Task A_key_signs_in_by_either_header(string header, string value)
    {
        using var client = _console.Client(apiKey: null);
        client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        using var answer = await client.GetAsync("/openapi/v1.json", Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task The_printed_link_signs_in_once_and_never_again()
    {
        var token = _console.Services.GetRequiredService<SignInLinks>().Token;
        using var first = new Browser(_console.Address);
        using var second = new Browser(_console.Address);

        using var welcome = await first.Http.GetAsync($"/signin?t={token}", Cancel);
        using var refused = await second.Http.GetAsync($"/signin?t={token}", Cancel);

        Assert.Equal("/", welcome.Headers.Location?.ToString());
        Assert.Contains(welcome.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("opsconsole=", StringComparison.Ordinal)
            && cookie.Contains("httponly", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("/login?problem=link", refused.Headers.Location?.ToString());
        Assert.NotEqual(token, _console.Services.GetRequiredService<SignInLinks>().Token);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    public async Task The_way_back_after_sign_in_never_leaves_the_console(string returnUrl)
    {
        var token = _console.Services.GetRequiredService<SignInLinks>().Token;
        using var browser = new Browser(_console.Address);

        using var answer = await browser.Http.GetAsync($"/signin?t={token}&returnUrl={Uri.EscapeDataString(returnUrl)}", Cancel);

        Assert.Equal("/", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Who_signs_in_by_a_key_has_its_role_under_every_name()
    {
        using var browser = new Browser(_console.Address);
        using var welcome = await browser.PostFormAsync("/login", "/login", ("secret", ConsoleHost.ViewerKey));
        Assert.Equal("/", welcome.Headers.Location?.ToString());
        Assert.Contains(">viewer</dd>", await browser.Http.GetStringAsync("/account", Cancel), StringComparison.Ordinal);

        using var renamed = await browser.PostFormAsync("/account", "/account/name", ("name", "ada"));
        Assert.Equal("/account?saved=1", renamed.Headers.Location?.ToString());
        Assert.Contains(">viewer</dd>", await browser.Http.GetStringAsync("/account", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_is_over_when_nobody_has_used_it_for_its_length()
    {
        var clock = new FakeTimeProvider();
        using var console = new ConsoleHost(
            services => services.PostConfigure<CookieAuthenticationOptions>(
                CookieAuthenticationDefaults.AuthenticationScheme, cookie => cookie.TimeProvider = clock),
            null,
            ("OpsConsole:Auth:SessionLength", "01:00:00"));
        using var browser = await Browser.SignedInAsync(console);

        foreach (var (idle, status) in new[] { (59, HttpStatusCode.OK), (59, HttpStatusCode.OK), (61, HttpStatusCode.Found) })
        {
            clock.Advance(TimeSpan.FromMinutes(idle));
            using var answer = await browser.Http.GetAsync("/account", Cancel);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_key_in_the_address_is_taken_by_the_hub_alone()
    {
        using var client = _console.Client(apiKey: null);
        using var hub = await client.PostAsync("/hubs/health/negotiate?access_token=" + ConsoleHost.ViewerKey, content: null, Cancel);
        using var api = await client.GetAsync("/api/v1/flags?access_token=" + ConsoleHost.ViewerKey, Cancel);

        Assert.Equal(HttpStatusCode.OK, hub.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Theory]
    [InlineData(ConsoleHost.AdminKey)]
    [InlineData(ConsoleHost.ApplicationKey)]
    public async Task What_replicas_say_to_each_other_is_open_to_no_key(string key)
    {
        using var client = _console.Client(key);
        using var answer = await client.PostAsJsonAsync($"{LeaderCalls.Root}/{LeaderCalls.Runs}", new { }, Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/v1/halt")]
    [InlineData("PUT", "/api/v1/flags/any")]
    [InlineData("DELETE", "/api/v1/flags/any")]
    public async Task A_cookie_without_an_antiforgery_token_changes_nothing(string method, string route)
    {
        using var browser = await Browser.SignedInAsync(_console);
        using var request = new HttpRequestMessage(new(method), route);

        using var answer = await browser.Http.SendAsync(request, Cancel);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("Antiforgery token missing", problem.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("/hubs/health/negotiate")]
    [InlineData("/_blazor/negotiate")]
    [InlineData("/api/v1/halt")]
    public async Task A_page_of_another_site_opens_neither_hub_nor_circuit_and_changes_nothing(string route)
    {
        using var browser = await Browser.SignedInAsync(_console);
        using var request = new HttpRequestMessage(HttpMethod.Post, route);
        request.Headers.Add("Origin", "https://evil.example");

        using var answer = await browser.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/v1/halt", "Origin", "null")]
    [InlineData("POST", "/api/v1/halt", "Sec-Fetch-Site", "cross-site")]
    [InlineData("GET", "/hubs/health", "Origin", "https://evil.example")]
    [InlineData("GET", "/_blazor", "Origin", "https://evil.example")]
    public async Task A_page_of_another_site_is_refused_however_it_comes(string method, string route, string header, string value)
    {
        using var browser = await Browser.SignedInAsync(_console);
        using var request = new HttpRequestMessage(new(method), route);
        request.Headers.Add(header, value);

        using var answer = await browser.Http.SendAsync(request, Cancel);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("Foreign origin", problem.GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_name_for_the_console_that_is_not_its_own_is_refused()
    {
        using var client = _console.Client();
        client.DefaultRequestHeaders.Host = "rebound.example";

        using var answer = await client.GetAsync("/openapi/v1.json", Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Pages_allow_no_inline_and_no_foreign_scripts()
    {
        using var client = _console.Client(apiKey: null);
        using var answer = await client.GetAsync("/login", Cancel);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));

        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData(ConsoleHost.ViewerKey)]
    [InlineData(ConsoleHost.ApplicationKey)]
    public async Task Whoever_may_only_look_cannot_halt_or_flip(string key)
    {
        using var client = _console.Client(key);

        using var halt = await client.PostAsync("/api/v1/halt", content: null, Cancel);
        using var flip = await client.PostAsJsonAsync("/api/v1/flags/any/flip", new { enabled = false }, Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, halt.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, flip.StatusCode);
    }
}
