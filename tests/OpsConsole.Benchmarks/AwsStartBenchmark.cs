using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Amazon.DynamoDBv2.Model;
using Microsoft.Extensions.Configuration;
using OpsConsole.Aws;
using OpsConsole.Aws.Tables;

namespace OpsConsole.Benchmarks;

/// <summary>
/// From the start of the process to the answer that has each of 500 flags: records in DynamoDB (dynalite, a server by other hands, in the role of
/// AWS), beside the same flags in the embedded backend.
/// </summary>
internal static class AwsStartBenchmark
{
    private const int Flags = 500, Runs = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync()
    {
        var directory = Directory.CreateTempSubdirectory("opsconsole-aws-start-");
        try
        {
            var embedded = Directory.CreateDirectory(Path.Combine(directory.FullName, "embedded")).FullName;
            await WriteAsync(embedded);
            using var dynalite = StartDynalite();
            var port = await dynalite.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Build tests/OpsConsole.AdapterTests first; that installs dynalite.");
            var settings = Settings(directory.FullName, port);
            await MakeTablesAsync(settings);

            Console.WriteLine($"| start to {Flags} flags answered | min ms | median ms | × embedded |");
            Console.WriteLine("|---|---|---|---|");
            var reference = await MeasureAsync("embedded", Runs, embedded, [], reference: null);
            string[] arguments = ["--OpsConsole:Backend=Aws", .. settings.Select(setting => $"--{setting.Key}={setting.Value}")];
            var aws = Directory.CreateDirectory(Path.Combine(directory.FullName, "aws")).FullName;
            await MeasureAsync("DynamoDB, the first time, when others wrote every flag", 1, aws, arguments, reference);
            await MeasureAsync("DynamoDB", Runs, aws, arguments, reference);
            dynalite.StandardInput.Close();
            await dynalite.WaitForExitAsync();
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<double> MeasureAsync(string name, int runs, string dataDirectory, string[] settings, double? reference)
    {
        var times = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            var clock = Stopwatch.StartNew();
            await using var console = await BuiltConsole.StartAsync(dataDirectory, settings);
            while (await CountAsync(console) < Flags)
            {
                if (clock.Elapsed > Patience)
                {
                    throw new TimeoutException($"The flags were not there within {Patience.TotalSeconds:F0} s.");
                }
            }

            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        var median = times[times.Count / 2];
        Console.WriteLine($"| {name} | {times[0]:F0} | {median:F0} | {median / (reference ?? median):F2} |");
        return median;
    }

    private static async Task<int> CountAsync(BuiltConsole console)
    {
        var answer = await console.Http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/flags", UriKind.Relative));
        return answer.GetProperty("flags").GetArrayLength();
    }

    /// <summary>Writes the flags into the embedded backend, over its API.</summary>
    private static async Task WriteAsync(string dataDirectory)
    {
        await using var console = await BuiltConsole.StartAsync(dataDirectory, "--OpsConsole:Auth:ApiKeys:0:Role=operator");
        for (var number = 0; number < Flags; number++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/api/v1/flags/flag-{number:D3}", UriKind.Relative))
            {
                Content = JsonContent.Create(new { enabled = number % 2 == 0, changeReason = "measured", conditions = new { service = "shop", maxErrorRate = 5 } }),
            };
            request.Headers.TryAddWithoutValidation("If-None-Match", "*");
            using var answer = await console.Http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Makes the tables and writes the flags as another tool does.</summary>
    private static async Task MakeTablesAsync(Dictionary<string, string?> settings)
    {
        using var client = AwsClients.Dynamo(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), new AttemptLog());
        var options = new AwsOptions();
        await new TableSetup(client, TextWriter.Null, TimeProvider.System).RunAsync(TableShape.All(options), CancellationToken.None);
        foreach (var batch in Enumerable.Range(0, Flags).Chunk(25))
        {
            await client.BatchWriteItemAsync(new Dictionary<string, List<WriteRequest>>(StringComparer.Ordinal)
            {
                [options.FlagsTable] = [.. batch.Select(number => new WriteRequest(new PutRequest(new(StringComparer.Ordinal)
                {
                    ["name"] = new(string.Create(CultureInfo.InvariantCulture, $"flag-{number:D3}")),
                    ["enabled"] = new() { BOOL = number % 2 == 0 },
                    ["conditions"] = new() { M = new(StringComparer.Ordinal) { ["maxErrorRate"] = new() { N = "5" } } },
                })))],
            });
        }
    }

    private static Dictionary<string, string?> Settings(string directory, string port)
    {
        var profiles = Path.Combine(directory, "profiles");
        File.WriteAllText(profiles, "[benchmark]\naws_access_key_id = AKIABENCHMARK\naws_secret_access_key = secret\n");
        return new(StringComparer.Ordinal)
        {
            ["AWS:ServiceURL"] = $"http://127.0.0.1:{port}",
            ["AWS:AuthenticationRegion"] = "eu-central-1",
            ["AWS:Profile"] = "benchmark",
            ["AWS:ProfilesLocation"] = profiles,
        };
    }

    private static Process StartDynalite()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "OpsConsole.sln")))
        {
            directory = directory.Parent;
        }

        var start = new ProcessStartInfo("node", "server.mjs")
        {
            WorkingDirectory = Path.Combine(directory?.FullName ?? "", "tests", "OpsConsole.AdapterTests", "Dynalite"),
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }
}
