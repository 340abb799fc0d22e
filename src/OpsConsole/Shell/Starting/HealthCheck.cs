namespace OpsConsole.Shell.Starting;

/// <summary><c>OpsConsole healthcheck</c>: asks the console on this machine whether it is ready, for containers without curl.</summary>
internal static class HealthCheck
{
    public const string Command = "healthcheck";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync()
    {
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(ReadyAddress());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception problem) when (problem is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"OpsConsole does not answer: {problem.Message}");
            return 1;
        }
    }

    private static Uri ReadyAddress()
    {
        var urls = Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "http://127.0.0.1:5080";
        var first = BindingAddress.Parse(urls.Split(';')[0]);
        return new Uri($"{first.Scheme}://127.0.0.1:{first.Port}/healthz/ready");
    }
}
