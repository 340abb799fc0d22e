using System.Net;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Shell;

public sealed class HostNamesTests
{
    [Theory]
    [InlineData("console.example.com", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("rebound.example.net", HttpStatusCode.BadRequest)]
    public async Task A_console_with_a_name_of_its_own_answers_to_it_and_to_this_machine_and_to_nobody_else(string host, HttpStatusCode expected)
    {
        using var console = new ConsoleHost(settings: ("AllowedHosts", "console.example.com"));
        using var client = console.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz/live");
        request.Headers.Host = host;

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
    }
}
