using System.Text.Json;

namespace OpsConsole.BrowserTests.Aws;

/// <summary>What journeys and pages need to have happened before.</summary>
internal static class AwsWorld
{
    /// <summary>An execution of the runbook with the approval that waits for it; the newest, or a new one.</summary>
    public static async Task<string> WaitingExecutionAsync(this LiveAwsConsole console)
    {
        static bool Waits(JsonElement execution) => string.Equals(execution.GetProperty("state").GetString(), "Waiting", StringComparison.Ordinal);
        var known = await console.Console.GetAsync("runbooks/executions");
        foreach (var execution in known.GetProperty("executions").EnumerateArray().Where(Waits))
        {
            return execution.GetProperty("id").GetString()!;
        }

        var started = await console.Console.PostAsync(
            "runbooks/scale-up-resources/executions",
            new { service = LiveAwsConsole.Service, reason = "more room before the sale", clientToken = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()) });
        var id = started.GetProperty("id").GetString()!;
        await console.Console.UntilAsync($"runbooks/executions/{id}", Waits);
        return id;
    }
}
