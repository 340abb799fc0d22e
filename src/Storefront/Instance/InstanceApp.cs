using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpsConsole.Client;
using Storefront.Dependencies;

namespace Storefront.Instance;

/// <summary>One instance of the service.</summary>
internal static class InstanceApp
{
    public const string ServiceName = "storefront";
    public const string ListeningLine = "listening on ";

    /// <summary>Finer than the standard bounds, so that percentiles are, too. In seconds.</summary>
    private static readonly double[] DurationBounds =
    [
        0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.075, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5,
        0.75, 1, 1.5, 2, 3, 5, 7.5, 10,
    ];

    public static WebApplication Build(StorefrontSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(settings.Urls);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, StorefrontJson.Default));
        if (settings.ExitWithParent)
        {
            builder.Services.AddHostedService<ParentWatch>();
        }

        AddBusiness(builder.Services, DependencyNames.Parse(settings.Dependencies));
        builder.Services.AddOpsConsole(options => settings.Fill(options, settings.Instance)).AddFaultAgent();
        AddMetrics(builder.Services, settings);

        var app = builder.Build();
        var warmUp = app.Services.GetRequiredService<WarmUp>();
        app.Use((context, next) =>
        {
            warmUp.LeaveOut(context);
            return next(context);
        });
        app.UseOpsConsoleFaults();
        app.MapGet("/healthz", Results<ContentHttpResult, StatusCodeHttpResult> () => warmUp.Done
            ? TypedResults.Text("healthy")
            : TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable)).DisableHttpMetrics();
        app.MapGet("/products/{userId}/recommendations", RecommendAsync);
        app.MapPost("/orders", OrderAsync);
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(
            ListeningLine + app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
        return app;
    }

    /// <summary>Says to the client where the console is and who this process is.</summary>
    public static void Fill(this StorefrontSettings settings, OpsConsoleOptions options, string instance)
    {
        options.Endpoint = settings.Console;
        options.ApiKey = settings.Key;
        options.Service = ServiceName;
        options.Instance = instance;
        options.Environment = settings.Environment;
    }

    private static void AddBusiness(IServiceCollection services, IReadOnlyDictionary<string, Uri> addresses)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddMemoryCache(cache => cache.SizeLimit = 10_000);
        services.AddSingleton<DependencyPipelines>();
        services.AddSingleton<DependencyClient>();
        services.AddSingleton<Recommender>();
        services.AddSingleton<OrderDesk>();
        services.AddSingleton<WarmUp>();
        services.AddHostedService(provider => provider.GetRequiredService<WarmUp>());
        foreach (var name in DependencyNames.All)
        {
            services.AddHttpClient(name, client => client.BaseAddress = addresses[name]).AddOpsConsoleFaults(name);
        }
    }

    private static void AddMetrics(IServiceCollection services, StorefrontSettings settings) => services.AddOpenTelemetry()
        .ConfigureResource(resource => resource
            .AddService(ServiceName, serviceInstanceId: settings.Instance)
            .AddAttributes([new("deployment.environment.name", settings.Environment)]))
        .WithMetrics(metrics => metrics
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "OpsConsole.Client")
            .AddView("http.server.request.duration", new ExplicitBucketHistogramConfiguration { Boundaries = DurationBounds })
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = new Uri(settings.Console, "/v1/metrics");
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.TimeoutMilliseconds = 2000;
                exporter.Headers = settings.Key is { Length: > 0 } key ? $"x-api-key={key}" : null;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 1000;
            }));

    private static async Task<Results<JsonHttpResult<Recommendations>, ValidationProblem>> RecommendAsync(
        string userId, Recommender recommender, HttpContext context) =>
        userId.Length > 100
            ? TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["userId"] = ["At most 100 characters."] })
            : TypedResults.Json(await recommender.RecommendAsync(userId, context.RequestAborted), StorefrontJson.Default.Recommendations);

    private static async Task<Results<JsonHttpResult<OrderAnswer>, ValidationProblem, ProblemHttpResult>> OrderAsync(
        OrderRequest? order, OrderDesk desk, HttpContext context)
    {
        if (OrderDesk.Check(order) is { Count: > 0 } errors)
        {
            return TypedResults.ValidationProblem(errors, title: "The order is wrong");
        }

        try
        {
            return TypedResults.Json(await desk.TakeAsync(order!, context.RequestAborted), StorefrontJson.Default.OrderAnswer);
        }
        catch (Exception e) when (DependencyPipelines.IsFailure(e))
        {
            context.Response.Headers.RetryAfter = "2";
            return TypedResults.Problem(
                "Orders cannot be kept at the moment. Try again shortly.", statusCode: StatusCodes.Status503ServiceUnavailable, title: "Orders are closed");
        }
    }
}
