using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsConsole.Core;
using OpsConsole.Core.Parameters;

namespace OpsConsole.Aws.Parameters;

/// <summary>
/// Reads the parameters below the path from time to time. What was read stays while they cannot be read; its age shows. Decryption is never
/// asked for, and the value of a SecureString, which comes encrypted, is dropped at once.
/// </summary>
internal sealed partial class ParameterStore(
    IAmazonSimpleSystemsManagement client,
    ParameterFeed feed,
    IOptions<ParameterStoreOptions> options,
    ConsoleEnvironment environment,
    TimeProvider time,
    ILogger<ParameterStore> logger) : BackgroundService
{
    public const string Permission = "ssm:GetParametersByPath";
    private const int PageSize = 10;

    private string? _told;

    /// <summary>One look. Called by the loop, and by tests.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var path = options.Value.Path!;
        using var limit = new CancellationTokenSource(options.Value.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var read = ParameterTree.Read(path, await ReadAsync(path, either.Token), feed.Current);
            feed.Publish(Compared(read) with { ReadAt = time.GetUtcNow() });
            Tell(string.Join(" ", feed.Current.Readings.Where(reading => reading.Meaning.Length > 0).Select(reading => reading.Problem).OfType<string>()));
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var why = exception is OperationCanceledException
                ? $"AWS did not answer {Permission} within {options.Value.Patience.TotalSeconds:F0} s. It is tried again."
                : AwsProblems.Explain(exception, Permission);
            feed.Publish(feed.Current with { Path = path, Problem = why });
            Tell(why);
        }
    }

    /// <summary>Until they were read for the first time it is known that there may be some.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(options.Value.Path))
        {
            feed.Publish(feed.Current with { Path = options.Value.Path });
        }

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (string.IsNullOrEmpty(options.Value.Path))
        {
            return;
        }

        await Task.Yield();
        using var timer = new PeriodicTimer(options.Value.RefreshEvery, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<List<ParameterReading>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadPagesAsync(path, cancellationToken);
        }
        catch (InvalidNextTokenException)
        {
            // The list changed between two pages; it is read anew, once.
            return await ReadPagesAsync(path, cancellationToken);
        }
    }

    private async Task<List<ParameterReading>> ReadPagesAsync(string path, CancellationToken cancellationToken)
    {
        var found = new List<ParameterReading>();
        var request = new GetParametersByPathRequest { Path = path, Recursive = true, WithDecryption = false, MaxResults = PageSize };
        do
        {
            var page = await client.GetParametersByPathAsync(request, cancellationToken);
            found.AddRange((page.Parameters ?? []).Select(parameter => new ParameterReading(
                parameter.Name,
                parameter.Type?.Value ?? "String",
                parameter.Type == ParameterType.SecureString ? null : parameter.Value,
                parameter.Version ?? 0,
                parameter.LastModifiedDate is { } changed ? new DateTimeOffset(changed.ToUniversalTime()) : null)));
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));
        return found;
    }

    /// <summary>The console's own setting decides what is guarded as production; parameters of another environment must not go unseen.</summary>
    private ParameterSnapshot Compared(ParameterSnapshot read) =>
        read.Environment is { } theirs && !string.Equals(theirs, environment.Name, StringComparison.OrdinalIgnoreCase)
            ? read with
            {
                Readings =
                [
                    .. read.Readings.Select(reading => reading.Name == read.Path + "/environment" && reading.Problem is null
                        ? reading with
                        {
                            Problem = $"{reading.Name} says {theirs}, but this console operates {environment.Name}. Set OpsConsole:Environment, or read another path.",
                        }
                        : reading),
                ],
            }
            : read;

    private void Tell(string problem)
    {
        if (problem != (_told ?? ""))
        {
            _told = problem;
            if (problem.Length > 0)
            {
                LogProblem(problem);
            }
            else
            {
                LogWell();
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Parameter Store: {Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(LogLevel.Information, "Parameter Store is read again, and every value can be used.")]
    private partial void LogWell();

    [LoggerMessage(LogLevel.Error, "A look at Parameter Store failed; the next one follows")]
    private partial void LogFailed(Exception exception);
}
