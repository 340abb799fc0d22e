using OpsConsole.Features.Health.Pages;

namespace OpsConsole.Tests.Features.Health;

public sealed class ChartWindowTests
{
    [Theory]
    [InlineData(1, 60, 60)]
    [InlineData(1, null, 300)]
    [InlineData(1, 17, 300)]
    [InlineData(60, 60, 300)]
    [InlineData(60, 900, 900)]
    [InlineData(300, 60, 3600)]
    [InlineData(3600, null, 21_600)]
    public void A_window_is_offered_if_a_source_so_slow_has_something_to_show_in_it(int periodSeconds, int? asked, int shown) =>
        Assert.Equal(shown, ChartWindow.Of(asked, TimeSpan.FromSeconds(periodSeconds)).Seconds);
}
