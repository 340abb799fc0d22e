using System.Globalization;

namespace Storefront;

/// <summary>How this process was started: by arguments, or by environment variables with <c>STOREFRONT_</c> before their name.</summary>
internal sealed record StorefrontSettings
{
    public const string InstanceRole = "instance";

    /// <summary><c>front</c> or <c>instance</c>.</summary>
    public string Role { get; init; } = "front";

    /// <summary>Where it listens.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:5090";

    /// <summary>The console's address.</summary>
    public Uri Console { get; init; } = new("http://127.0.0.1:5080");

    /// <summary>The console's key for applications.</summary>
    public string? Key { get; init; }

    /// <summary>The <c>deployment.environment.name</c>.</summary>
    public string Environment { get; init; } = "development";

    /// <summary>This instance's name.</summary>
    public string Instance { get; init; } = "storefront-1";

    /// <summary>How many instances the front starts.</summary>
    public int Instances { get; init; } = 3;

    /// <summary>Where the dependencies are: <c>name=address</c>, with semicolons between them.</summary>
    public string Dependencies { get; init; } = "";

    /// <summary>Whether customers come.</summary>
    public bool Traffic { get; init; } = true;

    /// <summary>Ends when the standard input ends, which it does when the parent is gone.</summary>
    public bool ExitWithParent { get; init; }

    /// <summary>Makes latencies and traffic repeatable.</summary>
    public int Seed { get; init; } = 20260;

    public static StorefrontSettings Read(string[] args)
    {
        var values = new ConfigurationBuilder().AddEnvironmentVariables("STOREFRONT_").AddCommandLine([.. WithValues(args)]).Build();
        var standard = new StorefrontSettings();
        return new()
        {
            Role = values["role"] ?? standard.Role,
            Urls = values["urls"] ?? standard.Urls,
            Console = values["console"] is { Length: > 0 } console ? new(console) : standard.Console,
            Key = values["key"],
            Environment = values["environment"] ?? standard.Environment,
            Instance = values["instance"] ?? standard.Instance,
            Instances = Number(values["instances"], standard.Instances),
            Dependencies = values["dependencies"] ?? "",
            Traffic = values["traffic"] is not { } traffic || bool.Parse(traffic),
            ExitWithParent = values["exit-with-parent"] is { } exit && bool.Parse(exit),
            Seed = Number(values["seed"], standard.Seed),
        };
    }

    private static int Number(string? value, int standard) =>
        value is null ? standard : int.Parse(value, CultureInfo.InvariantCulture);

    /// <summary>A switch without a value means <c>true</c>.</summary>
    private static IEnumerable<string> WithValues(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            yield return args[i];
            var isSwitch = args[i].StartsWith("--", StringComparison.Ordinal) && !args[i].Contains('=', StringComparison.Ordinal);
            if (isSwitch && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                yield return "true";
            }
        }
    }
}
