using System.Diagnostics;
using System.Globalization;

namespace OpsConsole.Tests.Hosting;

/// <summary>Sends signals that .NET cannot send.</summary>
internal static class Signal
{
    public static async Task SendAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
