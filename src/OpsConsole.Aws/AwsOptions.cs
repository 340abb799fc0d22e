using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OpsConsole.Aws;

/// <summary>The settings under <c>OpsConsole:Aws</c>. Region, profile and endpoint come from the standard AWS configuration.</summary>
internal sealed class AwsOptions
{
    public const string Section = "OpsConsole:Aws";

    private const string TableName = "^[A-Za-z0-9_.-]{3,255}$";

    /// <summary>The table with the flags, which applications may read directly.</summary>
    [Required]
    [RegularExpression(TableName)]
    public string FlagsTable { get; set; } = "feature-flags";

    /// <summary>The table with every other record and the timeline.</summary>
    [Required]
    [RegularExpression(TableName)]
    public string RecordsTable { get; set; } = "opsconsole";

    /// <summary>The service whose vital signs count for a flag that has limits but names no service, as hand-written flags do.</summary>
    [StringLength(200)]
    public string FlagsService { get; set; } = "";

    /// <summary>How long one request to DynamoDB, with its retries, is waited for; 0.5 to 30.</summary>
    [Range(0.5, 30.0)]
    public double StorePatienceSeconds { get; set; } = 3;

    public TimeSpan StorePatience => TimeSpan.FromSeconds(StorePatienceSeconds);
}

/// <summary>Looks whether the AWS configuration can be used at all; whether AWS accepts it shows with the first request.</summary>
internal sealed class AwsSetupValidator(IConfiguration configuration) : IValidateOptions<AwsOptions>
{
    public ValidateOptionsResult Validate(string? name, AwsOptions options)
    {
        if (string.Equals(options.FlagsTable, options.RecordsTable, StringComparison.Ordinal))
        {
            return ValidateOptionsResult.Fail($"{AwsOptions.Section}: FlagsTable and RecordsTable must be two tables.");
        }

        try
        {
            using var client = AwsClients.Dynamo(configuration, new AttemptLog());
            return ValidateOptionsResult.Success;
        }
        catch (AwsSetupException problem)
        {
            return ValidateOptionsResult.Fail(problem.Message);
        }
    }
}

[OptionsValidator]
internal sealed partial class AwsOptionsValidator : IValidateOptions<AwsOptions>;
