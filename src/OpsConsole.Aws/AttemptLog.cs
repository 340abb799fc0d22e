using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace OpsConsole.Aws;

/// <summary>Remembers why the newest attempt of a request failed: when its retries are given up, that is why.</summary>
internal sealed class AttemptLog
{
    private readonly ConditionalWeakTable<AmazonWebServiceRequest, Exception> _failures = [];

    public Exception? LastFailure(AmazonWebServiceRequest request) => _failures.TryGetValue(request, out var failure) ? failure : null;

    public void Note(AmazonWebServiceRequest request, Exception failure) => _failures.AddOrUpdate(request, failure);
}

/// <summary>Stands inside of the retries and notes each attempt that failed.</summary>
internal sealed class AttemptHandler(AttemptLog log) : PipelineHandler
{
    public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        try
        {
            return await base.InvokeAsync<T>(executionContext).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.Note(executionContext.RequestContext.OriginalRequest, exception);
            throw;
        }
    }
}
