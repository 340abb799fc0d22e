using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Shell.Auth;

namespace OpsConsole.Tests.Hosting;

/// <summary>A browser as far as HTTP goes: it keeps cookies, shows redirects, and posts forms with the token that the page gave.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };

    public Browser(Uri address) => Http = new HttpClient(_handler) { BaseAddress = address };

    public HttpClient Http { get; }

    public static async Task<Browser> SignedInAsync(ConsoleHost console)
    {
        var browser = new Browser(console.Address);
        var token = console.Services.GetRequiredService<SignInLinks>().Token;
        using var answer = await browser.Http.GetAsync($"/signin?t={token}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return browser;
    }

    /// <summary>Posts a form with the antiforgery token of a page.</summary>
    public async Task<HttpResponseMessage> PostFormAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var html = await Http.GetStringAsync(page, TestContext.Current.CancellationToken);
        var token = AntiforgeryToken().Match(html).Groups["token"].Value;
        Assert.NotEmpty(token);
        using var form = new FormUrlEncodedContent(
            fields.Append(("__RequestVerificationToken", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        return await Http.PostAsync(action, form, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        Http.Dispose();
        _handler.Dispose();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex AntiforgeryToken();
}
