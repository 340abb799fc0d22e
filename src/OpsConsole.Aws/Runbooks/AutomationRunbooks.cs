using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Runbooks;

namespace OpsConsole.Aws.Runbooks;

/// <summary>Runbooks as executions of Systems Manager Automation.</summary>
internal sealed class AutomationRunbooks(
    IAmazonSimpleSystemsManagement client,
    ConfiguredRunbooks configured,
    ParameterFeed parameters,
    IOptions<AutomationOptions> options,
    TimeProvider time) : IRunbookEngine
{
    private const string Start = "ssm:StartAutomationExecution";
    private const string Get = "ssm:GetAutomationExecution";
    private const string Steps = "ssm:DescribeAutomationStepExecutions";
    private const string Stop = "ssm:StopAutomationExecution";
    private const string Signal = "ssm:SendAutomationSignal";
    private const int LongestComment = 512;

    public string Name => "Systems Manager";

    public TimeSpan LookEvery => options.Value.LookEvery;

    /// <summary>Those of the settings, and beside them those of Parameter Store.</summary>
    public RunbookCatalog Catalog => new(
        parameters.Current.Runbooks.SetItems(configured.All),
        [.. parameters.Current.Runbooks.Keys.Where(configured.All.ContainsKey).Select(name =>
            $"{name} is defined in the settings and in {parameters.Current.Runbooks[name].Source}; the settings count.")]);

    public async ValueTask<RunbookStart> StartAsync(RunbookOrder order, CancellationToken cancellationToken)
    {
        if (RunbookDefinitions.TooLong(order.Parameters) is { } tooLong)
        {
            return new RunbookStart.Refused(tooLong);
        }

        var request = new StartAutomationExecutionRequest
        {
            DocumentName = order.Document,
            DocumentVersion = order.Version.Length == 0 ? null : order.Version,
            ClientToken = order.ClientToken.ToString("D"),
            Parameters = order.Parameters.IsEmpty
                ? null
                : order.Parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToList(), StringComparer.Ordinal),
        };
        return await AskAsync<RunbookStart>(
            Start,
            async token => new RunbookStart.Started((await client.StartAutomationExecutionAsync(request, token)).AutomationExecutionId),
            exception => exception switch
            {
                AutomationDefinitionNotFoundException => new RunbookStart.Refused(
                    $"There is no Automation document {order.Document} in this account and Region. Create or share it, or name another one in the action's definition."),
                AutomationDefinitionVersionNotFoundException => new RunbookStart.Refused(
                    $"The Automation document {order.Document} has no version {order.Version}. Name another one in the action's definition."),
                InvalidAutomationExecutionParametersException => new RunbookStart.Refused($"The document {order.Document} does not take these parameters: {exception.Message}"),
                InvalidTargetException => new RunbookStart.Refused($"The document {order.Document} does not take these targets: {exception.Message}"),
                IdempotentParameterMismatchException => new RunbookStart.Refused(
                    $"Systems Manager has started something else under the same token: {exception.Message} Start it anew."),
                AutomationExecutionLimitExceededException => new RunbookStart.Unanswered(
                    "Systems Manager carries out as many automations as this account may have at once. It is tried again."),
                _ when IsFinal(exception) => new RunbookStart.Refused(AwsProblems.Explain(exception, Start)),
                _ => null,
            },
            why => new RunbookStart.Unanswered(why),
            cancellationToken);
    }

    public ValueTask<RunbookReading> ReadAsync(string engineId, CancellationToken cancellationToken) => AskAsync<RunbookReading>(
        Get,
        async token =>
        {
            var execution = (await client.GetAutomationExecutionAsync(new() { AutomationExecutionId = engineId }, token)).AutomationExecution;
            var steps = execution.StepExecutionsTruncated is true ? await StepsAsync(engineId, token) : execution.StepExecutions ?? [];
            return AutomationWords.Reading(execution, steps);
        },
        static exception => exception is AutomationExecutionNotFoundException ? new RunbookReading.Missing() : null,
        static why => new RunbookReading.Unreadable(why),
        cancellationToken);

    public ValueTask<RunbookCommand> StopAsync(string engineId, CancellationToken cancellationToken) => AskAsync(
        Stop,
        async token =>
        {
            await client.StopAutomationExecutionAsync(new() { AutomationExecutionId = engineId, Type = StopType.Cancel }, token);
            return RunbookCommand.Done;
        },
        static exception => exception switch
        {
            // It is over already, or being stopped.
            InvalidAutomationStatusUpdateException => RunbookCommand.Done,
            AutomationExecutionNotFoundException => new(Taken: false, "Systems Manager knows no such execution any more."),
            _ => null,
        },
        static why => new(Taken: false, why),
        cancellationToken);

    public ValueTask<RunbookCommand> DecideAsync(string engineId, bool approved, string comment, CancellationToken cancellationToken) => AskAsync(
        Signal,
        async token =>
        {
            await client.SendAutomationSignalAsync(
                new()
                {
                    AutomationExecutionId = engineId,
                    SignalType = approved ? SignalType.Approve : SignalType.Reject,
                    Payload = new(StringComparer.Ordinal) { ["Comment"] = [comment.Length <= LongestComment ? comment : comment[..LongestComment]] },
                },
                token);
            return RunbookCommand.Done;
        },
        static exception => exception switch
        {
            InvalidAutomationSignalException => new(Taken: false, $"Systems Manager does not take it: {exception.Message} It may be decided already, or the console's role is none of the approvers."),
            AutomationStepNotFoundException or AutomationExecutionNotFoundException => new(Taken: false, "Systems Manager knows no such step any more."),
            _ => null,
        },
        static why => new(Taken: false, why),
        cancellationToken);

    private async Task<List<StepExecution>> StepsAsync(string engineId, CancellationToken cancellationToken)
    {
        var steps = new List<StepExecution>();
        var request = new DescribeAutomationStepExecutionsRequest { AutomationExecutionId = engineId, MaxResults = 50 };
        try
        {
            do
            {
                var page = await client.DescribeAutomationStepExecutionsAsync(request, cancellationToken);
                steps.AddRange(page.StepExecutions ?? []);
                request.NextToken = page.NextToken;
            }
            while (!string.IsNullOrEmpty(request.NextToken));
            return steps;
        }
        catch (AmazonServiceException exception) when (AwsProblems.IsDenied(exception))
        {
            throw new DeniedException(Steps, exception);
        }
    }

    /// <summary>Whether repeating the same request could never be answered otherwise.</summary>
    private static bool IsFinal(Exception exception) =>
        AwsProblems.IsDenied(exception) || exception is AmazonServiceException { ErrorCode: "ValidationException" };

    private async ValueTask<T> AskAsync<T>(
        string permission, Func<CancellationToken, Task<T>> call, Func<Exception, T?> answered, Func<string, T> unanswered, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = new CancellationTokenSource(options.Value.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await call(either.Token);
        }
        catch (DeniedException denied)
        {
            return unanswered(AwsProblems.Explain(denied.InnerException!, denied.Message));
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            return answered(exception) ?? unanswered(AwsProblems.Explain(exception, permission));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return unanswered($"AWS did not answer {permission} within {options.Value.Patience.TotalSeconds:F0} s. It is tried again.");
        }
    }

    /// <summary>A call beside the main one is denied; the message is its permission.</summary>
    private sealed class DeniedException(string permission, Exception inner) : Exception(permission, inner);
}
