using Amazon.FIS;
using Amazon.FIS.Model;
using Amazon.Runtime;
using OpsConsole.Core.Experiments;

namespace OpsConsole.Aws.Experiments;

/// <summary>Turns what FIS says into a sentence that says what is wrong and what to do.</summary>
internal static class FisFailure
{
    private const int PaymentRequired = 402;

    public static EngineUnavailableException Explain(Exception exception, string operation, string subject)
    {
        var permission = "fis:" + operation;
        var sentence = exception switch
        {
            OperationCanceledException or TimeoutException => $"AWS did not answer {permission} in time.",
            _ when AwsProblems.IsDenied(exception) || AwsProblems.IsThrottled(exception) => AwsProblems.Explain(exception, permission),
            ServiceQuotaExceededException quota =>
                $"A quota of FIS is used up: {Sentence(quota.Message)} Wait until another experiment is over, or ask AWS for more.",
            AmazonFISException { StatusCode: (System.Net.HttpStatusCode)PaymentRequired } quota =>
                $"A quota of FIS is used up: {Sentence(quota.Message)} Wait until another experiment is over, or ask AWS for more.",
            ConflictException conflict => $"FIS cannot do that now: {Sentence(conflict.Message)}",
            ResourceNotFoundException => $"FIS has no {subject} in this account and Region (any more).",
            ValidationException invalid => $"FIS refuses {subject}: {Sentence(invalid.Message)}",
            _ => AwsProblems.Explain(exception, permission),
        };
        return new EngineUnavailableException(sentence, exception);
    }

    /// <summary>Whether a call may have been carried out although it failed.</summary>
    public static bool IsUnsure(EngineUnavailableException failure) => failure.InnerException is not AmazonServiceException { StatusCode: >= (System.Net.HttpStatusCode)400 and < (System.Net.HttpStatusCode)500 };

    private static string Sentence(string? message) => string.IsNullOrWhiteSpace(message) ? "it did not say why." : message.TrimEnd('.', ' ') + ".";
}
