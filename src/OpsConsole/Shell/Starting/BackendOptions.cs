using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Shell.Starting;

/// <summary>Where the console keeps what it knows: <c>OpsConsole:Backend</c>.</summary>
internal sealed class BackendOptions
{
    private const string Embedded = "Embedded", Aws = "Aws";

    [AllowedValues(Embedded, Aws, ErrorMessage = "OpsConsole:Backend must be Embedded or Aws.")]
    public string Backend { get; set; } = Embedded;

    public static bool IsAws(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<BackendOptions>().BindConfiguration("OpsConsole").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<BackendOptions>, BackendOptionsValidator>();
        return builder.Configuration["OpsConsole:Backend"] == Aws;
    }
}

[OptionsValidator]
internal sealed partial class BackendOptionsValidator : IValidateOptions<BackendOptions>;
