using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Benchmarks;

/// <summary>
/// From the start of the process to the first page and to the first live sample of the Storefront: the framework-dependent build and
/// the container's publish, beside a bare Kestrel that answers one line.
/// </summary>
internal static class StartBenchmark
{
    public const string BareRole = "bare-server";

    private const string Key = "key-of-the-start-benchmark";
    private const int Runs = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        var root = RepositoryRoot();
        var console = Path.Combine(root, "src/OpsConsole");
        var built = Path.Combine(console, "bin/Release/net10.0/OpsConsole.dll");
        if (!File.Exists(built))
        {
            await Console.Error.WriteLineAsync("Build it first: dotnet build OpsConsole.sln -c Release");
            return 1;
        }

        Console.WriteLine("| start to first page | min ms | median ms | × bare |");
        Console.WriteLine("|---|---|---|---|");
        var self = Path.Combine(AppContext.BaseDirectory, "OpsConsole.Benchmarks.dll");
        var bare = await MeasureAsync("bare Kestrel", url => Process("dotnet", self, BareRole, url), "/", reference: null);
        await MeasureAsync("console, framework-dependent build", url => Process("dotnet", [built, .. Settings(url)]), "/login", bare);
        if (args is ["--published", var directory])
        {
            await MeasureAsync(
                "console, container's publish", url => Process(Path.Combine(directory, "OpsConsole"), Settings(url)), "/login", bare);
        }

        Console.WriteLine($"first live sample of the Storefront: {await FirstSampleAsync(built):F0} ms after the start");
        return 0;
    }

    public static async Task<int> ServeBareAsync(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapGet("/", () => "bare");
        await app.RunAsync();
        return 0;
    }

    private static async Task<double> MeasureAsync(string name, Func<string, Process> start, string path, double? reference)
    {
        var times = new List<double>();
        for (var run = 0; run <= Runs; run++)
        {
            var url = $"http://127.0.0.1:{FreePort()}";
            var clock = Stopwatch.StartNew();
            using var process = start(url);
            await AnsweredAsync(new Uri(url + path), _ => true);
            if (run > 0)
            {
                times.Add(clock.Elapsed.TotalMilliseconds);
            }

            await EndAsync(process);
        }

        times.Sort();
        var median = times[times.Count / 2];
        Console.WriteLine($"| {name} | {times[0]:F0} | {median:F0} | {median / (reference ?? median):F1} |");
        return median;
    }

    private static async Task<double> FirstSampleAsync(string built)
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        var clock = Stopwatch.StartNew();
        using var process = Process("dotnet", [built, .. Settings(url), "--OpsConsole:Storefront:Enabled=true", $"--OpsConsole:Storefront:Port={FreePort()}"]);
        await AnsweredAsync(new Uri(url + "/api/v1/health"), HasLiveSample);
        var elapsed = clock.Elapsed.TotalMilliseconds;
        await EndAsync(process);
        return elapsed;
    }

    private static bool HasLiveSample(string body)
    {
        using var health = JsonDocument.Parse(body);
        return health.RootElement.GetProperty("services").EnumerateArray().Any(service =>
            string.Equals(service.GetProperty("freshness").GetString(), "Fresh", StringComparison.Ordinal)
            && service.GetProperty("throughput").ValueKind == JsonValueKind.Number);
    }

    private static async Task AnsweredAsync(Uri address, Func<string, bool> good)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("X-API-Key", Key);
        var deadline = Stopwatch.StartNew();
        while (deadline.Elapsed < Patience)
        {
            try
            {
                using var answer = await client.GetAsync(address);
                if (answer.IsSuccessStatusCode && good(await answer.Content.ReadAsStringAsync()))
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet: that is what is being timed.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        throw new TimeoutException($"{address} did not answer within {Patience.TotalSeconds:F0} s.");
    }

    private static string[] Settings(string url) =>
    [
        $"--urls={url}", $"--OpsConsole:DataDirectory={Directory.CreateTempSubdirectory("opsconsole-start-").FullName}",
        "--OpsConsole:Storefront:Enabled=false", "--OpsConsole:Auth:ApiKeys:0:Name=benchmark", $"--OpsConsole:Auth:ApiKeys:0:Key={Key}",
        "--OpsConsole:Auth:ApiKeys:0:Role=viewer",
    ];

    private static Process Process(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "OpsConsole.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("Run the benchmarks from within the repository.");
    }
}
