using System.Globalization;
using OpsConsole.Benchmarks;
using OpsConsole.Benchmarks.Charts;
using OpsConsole.Benchmarks.Operators;
using OpsConsole.Benchmarks.Replicas;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

return args switch
{
    ["start", .. var rest] => await StartBenchmark.RunAsync(rest),
    [StartBenchmark.BareRole, var url] => await StartBenchmark.ServeBareAsync(url),
    ["awsstart"] => await AwsStartBenchmark.RunAsync(),
    ["circuit", .. var rest] => await CircuitBenchmark.RunAsync(rest),
    ["charts", .. var rest] => await ChartsBenchmark.RunAsync(rest),
    ["history", .. var rest] => await HistoryBenchmark.RunAsync(rest),
    ["operators"] => await OperatorsBenchmark.RunAsync(),
    ["timeline", .. var rest] => await TimelineBenchmark.RunAsync(rest),
    ["halt", .. var rest] => await HaltBenchmark.RunAsync(rest),
    ["flag-read", .. var rest] => await FlagReadBenchmark.RunAsync(rest),
    ["flip", .. var rest] => await FlipBenchmark.RunAsync(rest),
    ["replica-flip", .. var rest] => await ReplicaFlipBenchmark.RunAsync(rest),
    ["takeover", .. var rest] => await TakeoverBenchmark.RunAsync(rest),
    ["fanout", "fanout-server", var kind, var services, var rate] => await FanoutServer.RunAsync(kind, int.Parse(services), int.Parse(rate)),
    ["fanout", "fanout-load", var kind, var url, var viewers, var stalled] => await FanoutLoad.RunAsync(kind, url, int.Parse(viewers), int.Parse(stalled)),
    ["fanout", .. var rest] => await FanoutBenchmark.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        dotnet run -c Release --project tests/OpsConsole.Benchmarks -- NAME

        Each benchmark measures the console beside a reference in the same run and prints the ratio.
          start     process start to first page and to first live sample
          awsstart  process start to 500 flags answered, from DynamoDB and from the embedded backend
          halt      halt pressed to fault proven gone at four instances
          fanout    a look a second to thousands of viewers; --viewers 5000,10000 --looks 20, or --stalled 5
          operators look to viewers while 100 operators open the flags page, each with a circuit
          circuit   heap of a Blazor circuit on the flags page with 50 flags; or of the pages that are named
          charts    main thread a tick of eight live charts in Chromium
          history   a day of 24 signs at one second, answered in 1,000 points
          flag-read a flag read in an application, beside Microsoft.FeatureManagement
          flip      200 flips, from the request to the application that follows the stream
          replica-flip  100 flips at one replica, to the application behind the other, over SQLite and DynamoDB; --redis; --store sqlite|dynamo
          takeover  the leader killed, to the next leader, over SQLite and DynamoDB; --kills 5
          timeline  appends a second, each on disk when it returns
        """);
    return 64;
}
