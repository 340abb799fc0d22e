using Microsoft.Extensions.Options;

namespace OpsConsole.Features.Flags.Ofrep;

/// <summary>Lets the pages of the origins that are configured evaluate flags. It stands before sign-in, because a preflight carries no credentials.</summary>
internal sealed class OfrepCors(IOptions<FlagsOptions> options) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => options.Value.AllowedOrigins.Length == 0
        ? next
        : app =>
        {
            app.UseWhen(
                context => context.Request.Path.StartsWithSegments("/ofrep", StringComparison.Ordinal),
                ofrep => ofrep.UseCors(policy => policy
                    .WithOrigins(options.Value.AllowedOrigins)
                    .WithMethods("GET", "POST")
                    .WithHeaders("Authorization", "X-API-Key", "Content-Type", "If-None-Match", "Last-Event-ID")
                    .WithExposedHeaders("ETag", "Retry-After")
                    .SetPreflightMaxAge(TimeSpan.FromHours(1))));
            next(app);
        };
}
