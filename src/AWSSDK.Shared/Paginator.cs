using System.Runtime.CompilerServices;

namespace Amazon.Runtime.Wire;

/// <summary>Asks for page after page until there is none; can be read through once.</summary>
/// <param name="request">The first request; its token is moved from page to page.</param>
/// <param name="call">The client's operation.</param>
/// <typeparam name="TRequest">The operation's request.</typeparam>
/// <typeparam name="TResponse">The operation's response.</typeparam>
internal abstract class Paginator<TRequest, TResponse>(TRequest request, Func<TRequest, CancellationToken, Task<TResponse>> call) : IPaginator<TResponse>
    where TRequest : AmazonWebServiceRequest, IPaged
    where TResponse : AmazonWebServiceResponse, IPaged
{
    private int _used;

    /// <summary>The whole responses.</summary>
    public IPaginatedEnumerable<TResponse> Responses => new PaginatedResponse<TResponse>(this);

    async IAsyncEnumerable<TResponse> IPaginator<TResponse>.PaginateAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _used, 1) != 0)
        {
            throw new InvalidOperationException("This paginator has been read through. Ask the client for a new one.");
        }
        PaginatorUtils.SetUserAgentAdditionOnRequest(request);
        do
        {
            var page = await call(request, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            yield return page;
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));
    }

    /// <summary>The items of every page in a row.</summary>
    /// <param name="items">The items of one page; null when it has none.</param>
    /// <typeparam name="TItem">An item.</typeparam>
    protected IPaginatedEnumerable<TItem> Each<TItem>(Func<TResponse, List<TItem>> items) =>
        new PaginatedResultKeyResponse<TResponse, TItem>(this, page => items(page) ?? []);
}
