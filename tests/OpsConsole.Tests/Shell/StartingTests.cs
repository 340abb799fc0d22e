using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Shell;

public sealed class StartingTests
{
    [Theory]
    [InlineData("OpsConsole:Auth:ApiKeys:0:Role", "root", "viewer, operator, admin or application")]
    [InlineData("OpsConsole:Auth:ApiKeys:0:Key", "short", "8 to 500 characters")]
    [InlineData("OpsConsole:Auth:SessionLength", "00:00:01", "SessionLength")]
    public async Task A_wrong_setting_stops_the_start_with_one_line_that_says_what_is_allowed(string name, string value, string explanation)
    {
        await using var console = ConsoleProcess.Start(
            ("OpsConsole:Auth:ApiKeys:0:Name", "otto"), ("OpsConsole:Auth:ApiKeys:0:Key", ConsoleHost.OperatorKey), (name, value));

        var exitCode = await console.WaitForExitAsync();

        Assert.Equal(78, exitCode);
        var line = Assert.Single(console.Errors);
        Assert.StartsWith("OpsConsole did not start, a setting is wrong:", line, StringComparison.Ordinal);
        Assert.Contains(explanation, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_address_stops_the_start_and_says_how_to_choose_another()
    {
        using var first = new ConsoleHost();
        await using var second = ConsoleProcess.Start(("urls", first.Address.ToString()));

        Assert.Equal(69, await second.WaitForExitAsync());
        Assert.Contains(second.Errors, line => line.Contains("--urls", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_console_is_kept_out_of_a_data_directory_and_told_how_replicas_are_set_up()
    {
        await using var first = ConsoleProcess.Start();
        await first.AddressAsync();
        await using var second = ConsoleProcess.StartIn(first.DataDirectory);

        Assert.Equal(69, await second.WaitForExitAsync());
        Assert.Contains("OpsConsole:SharedDirectory", Assert.Single(second.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OpsConsole:Redis", "127.0.0.1:6379,syncTimeout=soon")]
    [InlineData("OpsConsole:Replicas:LeaseSeconds", "60")]
    public async Task A_wrong_setting_of_replicas_stops_the_start(string name, string value)
    {
        await using var console = ConsoleProcess.Start((name, value));

        Assert.Equal(78, await console.WaitForExitAsync());
        Assert.StartsWith("OpsConsole did not start, a setting is wrong:", Assert.Single(console.Errors), StringComparison.Ordinal);
    }
}
