using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Shell;

public sealed class StartingTests
{
    [Theory]
    [InlineData("OpsConsole:Auth:ApiKeys:0:Role", "root", "viewer, operator, admin or application")]
    [InlineData("OpsConsole:Auth:ApiKeys:0:Key", "short", "8 to 500 characters")]
    [InlineData("OpsConsole:Auth:SessionLength", "00:00:01", "SessionLength")]
    public void A_wrong_setting_stops_the_start_and_says_what_is_allowed(string name, string value, string explanation)
    {
        var problem = Assert.ThrowsAny<Exception>(() => new ConsoleHost(settings: (name, value)));

        Assert.Contains(explanation, problem.ToString(), StringComparison.Ordinal);
    }
}
