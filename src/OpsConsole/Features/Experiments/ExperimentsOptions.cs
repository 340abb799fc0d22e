using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Experiments;

namespace OpsConsole.Features.Experiments;

/// <summary>The settings under <c>OpsConsole:Experiments</c>.</summary>
internal sealed class ExperimentsOptions
{
    public const string Section = "OpsConsole:Experiments";

    /// <summary>How long a run goes on without a fresh sample of its service. Shorter than a lease, so that the halt is seen and not only the expiry.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:08")]
    public TimeSpan HealthGrace { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How far back the baseline reaches from the start.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:02:00")]
    public TimeSpan Baseline { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a dry run of a template counts.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan DryRunLasts { get; set; } = TimeSpan.FromHours(24);

    [ValidateObjectMembers]
    public ProductionWindowOptions ProductionWindow { get; set; } = new();
}

/// <summary>When experiments may run in production.</summary>
internal sealed class ProductionWindowOptions : IValidatableObject
{
    /// <summary>The time zone, by its IANA name.</summary>
    [Required]
    public string Zone { get; set; } = "Etc/UTC";

    /// <summary>The time of day at which it opens.</summary>
    public TimeOnly Opens { get; set; } = new(9, 0);

    /// <summary>The time of day at which it closes.</summary>
    public TimeOnly Closes { get; set; } = new(17, 0);

    /// <summary>The days of the week, with commas between them.</summary>
    [Required]
    public string Days { get; set; } = "Monday,Tuesday,Wednesday,Thursday,Friday";

    public ProductionWindow ToWindow() => new(
        TimeZoneInfo.FindSystemTimeZoneById(Zone),
        [.. Days.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(day => Enum.Parse<DayOfWeek>(day, ignoreCase: true))],
        Opens,
        Closes);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out _))
        {
            yield return new($"{ExperimentsOptions.Section}:ProductionWindow:Zone “{Zone}” is no time zone; write an IANA name, e.g. Europe/Berlin.", [nameof(Zone)]);
        }

        if (Closes <= Opens)
        {
            yield return new($"{ExperimentsOptions.Section}:ProductionWindow:Closes must be after Opens on the same day.", [nameof(Closes)]);
        }

        var days = Days.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (days.Length == 0 || !days.All(day => Enum.TryParse<DayOfWeek>(day, ignoreCase: true, out var known) && Enum.IsDefined(known)))
        {
            yield return new($"{ExperimentsOptions.Section}:ProductionWindow:Days “{Days}” must be English names of days with commas between them.", [nameof(Days)]);
        }
    }
}

[OptionsValidator]
internal sealed partial class ExperimentsOptionsValidator : IValidateOptions<ExperimentsOptions>;
