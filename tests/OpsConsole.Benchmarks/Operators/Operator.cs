using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace OpsConsole.Benchmarks.Operators;

/// <summary>What the browser of an operator asks for when it opens the flags page, the circuit included.</summary>
internal static partial class Operator
{
    private const string Page = "/flags";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Opens the page and leaves it open.</summary>
    /// <returns>How long it took until the circuit had drawn it, in milliseconds.</returns>
    public static async Task<double> StartAsync(Uri console, string service)
    {
        var began = Stopwatch.GetTimestamp();
        using var http = new HttpClient { BaseAddress = console };
        http.DefaultRequestHeaders.Add("X-API-Key", BuiltConsole.Key);
        var page = await http.GetStringAsync(new Uri(Page, UriKind.Relative));
        await Task.WhenAll(Assets().Matches(page).Select(match => http.GetByteArrayAsync(new Uri(match.Groups["it"].Value, UriKind.Relative))));
        var now = TimeProvider.System.GetUtcNow();
        var (from, to) = (Uri.EscapeDataString($"{now.AddDays(-1):O}"), Uri.EscapeDataString($"{now:O}"));
        await Task.WhenAll(
            http.GetByteArrayAsync(new Uri($"/api/v1/health/{service}/history?from={from}&to={to}&points=1000", UriKind.Relative)),
            FrameViewer.StartAsync(console, service),
            OpenCircuitAsync(console, page));
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static async Task OpenCircuitAsync(Uri console, string page)
    {
        var drawn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = new HubConnectionBuilder().WithUrl(new Uri(console, "/_blazor"), options => options.Headers["X-API-Key"] = BuiltConsole.Key);
        builder.Services.AddSingleton<IHubProtocol, BlazorPack>();
        var circuit = builder.Build();
        circuit.On<long, byte[]>("JS.RenderBatch", async (batch, _) =>
        {
            await circuit.SendAsync("OnRenderCompleted", batch, null);
            drawn.TrySetResult();
        });
        circuit.On<string>("JS.Error", error => drawn.TrySetException(new InvalidOperationException(error)));
        await circuit.StartAsync();
        await circuit.InvokeAsync<string>("StartCircuit", console.ToString(), new Uri(console, Page).ToString(), "[]", State().Match(page).Groups["it"].Value);
        var operations = Markers().Matches(page)
            .Select(match => JsonDocument.Parse(match.Groups["it"].Value).RootElement)
            .Where(marker => marker.TryGetProperty("descriptor", out _))
            .Select((marker, index) => new { type = "add", ssrComponentId = index + 1, marker });
        await circuit.SendAsync("UpdateRootComponents", JsonSerializer.Serialize(new { batchId = 1, operations }), "");
        await drawn.Task.WaitAsync(Patience, TimeProvider.System);
    }

    [GeneratedRegex("""(?:src|href)="(?<it>(?:assets|_content|_framework|OpsConsole)[^"]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Assets();

    [GeneratedRegex("<!--Blazor:(?<it>\\{.*?\\})-->", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Markers();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<it>.*?)-->", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex State();
}
