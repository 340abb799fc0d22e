using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using OpsConsole.Shell.Security;
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

    [Fact]
    public void A_console_with_a_name_also_answers_to_the_addresses_of_its_machine_by_which_a_load_balancer_looks_at_it()
    {
        var allowed = HostNames.Allowed("console.example.com").Split(';');
        var own = NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card is { OperationalStatus: OperationalStatus.Up, NetworkInterfaceType: not NetworkInterfaceType.Loopback })
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Where(address => address.Address.AddressFamily == AddressFamily.InterNetwork)
            .Select(address => address.Address.ToString());

        Assert.Equal(["console.example.com", "localhost", "127.0.0.1", "[::1]"], allowed.Take(4));
        Assert.Superset(own.ToHashSet(StringComparer.Ordinal), allowed.ToHashSet(StringComparer.Ordinal));
        Assert.Equal("localhost;127.0.0.1;[::1]", HostNames.Allowed(""));
    }
}
