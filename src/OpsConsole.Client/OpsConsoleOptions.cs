using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Client;

/// <summary>Where the console is, and who this application is to it.</summary>
public sealed class OpsConsoleOptions
{
    /// <summary>The console's address, e.g. <c>http://127.0.0.1:5080</c>.</summary>
    [Required]
    public Uri? Endpoint { get; set; }

    /// <summary>An API key of the role <c>application</c>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>This application's <c>service.name</c>.</summary>
    [Required]
    public string Service { get; set; } = "";

    /// <summary>This instance's <c>service.instance.id</c>; one of its own by default.</summary>
    [Required]
    public string Instance { get; set; } = $"{System.Environment.MachineName}-{System.Environment.ProcessId}";

    /// <summary>This application's <c>deployment.environment.name</c>.</summary>
    [Required]
    public string Environment { get; set; } = "production";

    /// <summary>How long the first <see cref="IFlags.IsEnabledAsync"/> waits at most for the console's first answer; 0 s to 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan FirstAnswerWithin { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often flags are fetched while their stream is down; 100 ms to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before the stream is tried again; 100 ms to 5 min. The first try comes at once, each further one after twice the time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ReconnectWithin { get; set; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class OpsConsoleOptionsValidator : IValidateOptions<OpsConsoleOptions>;
