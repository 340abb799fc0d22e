using System.Collections.Immutable;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Aws.Health;

/// <summary>What was answered to one query, its pages merged.</summary>
/// <param name="Query">The query.</param>
/// <param name="Points">The values by the start of their period, not scaled.</param>
/// <param name="Partial">Whether the source said that there is more than it answered.</param>
/// <param name="Problem">Why the source did not answer it, if it did not.</param>
internal sealed record QueryAnswer(
    PlannedQuery Query, ImmutableSortedDictionary<DateTimeOffset, double> Points, bool Partial, string? Problem);

/// <summary>Asks CloudWatch for metrics: one call after the other, pages followed and merged by id.</summary>
internal sealed class MetricReader(CloudWatchCalls calls)
{
    /// <summary>How many points GetMetricData returns for a call.</summary>
    public const int MostPoints = 100_800;

    private const int MostPages = 100;

    /// <summary>Asks for every query of a batch over a window.</summary>
    /// <param name="batch">What to ask for.</param>
    /// <param name="from">The start, inclusive; a multiple of the period.</param>
    /// <param name="to">The end, exclusive; a multiple of the period.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MonitoringException">CloudWatch cannot be asked now.</exception>
    public async Task<ImmutableArray<QueryAnswer>> ReadAsync(
        QueryBatch batch, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var merged = batch.Queries.ToDictionary(query => query.Id, query => new Merged(query), StringComparer.Ordinal);
        var request = new GetMetricDataRequest
        {
            MetricDataQueries = [.. batch.Queries.Select(query => ToQuery(query, batch.Period))],
            StartTime = from.UtcDateTime,
            EndTime = to.UtcDateTime,
            ScanBy = ScanBy.TimestampDescending,
            MaxDatapoints = MostPoints,
        };
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await calls.GetMetricDataAsync(request, cancellationToken);
            foreach (var result in answer.MetricDataResults ?? [])
            {
                if (result.Id is { } id && merged.TryGetValue(id, out var query))
                {
                    query.Take(result);
                }
            }

            if (string.IsNullOrEmpty(answer.NextToken))
            {
                break;
            }

            request.NextToken = answer.NextToken;
        }

        return [.. merged.Values.Select(query => query.ToAnswer())];
    }

    private static MetricDataQuery ToQuery(PlannedQuery query, TimeSpan period) => query.Expression is { } expression
        ? new()
        {
            Id = query.Id,
            Expression = expression,
            Period = (int)period.TotalSeconds,
            ReturnData = query.Metric.Role != MetricRole.Operand,
        }
        : new()
        {
            Id = query.Id,
            ReturnData = query.Metric.Role != MetricRole.Operand,
            MetricStat = new()
            {
                Period = (int)period.TotalSeconds,
                Stat = query.Metric.Statistic,
                Metric = new()
                {
                    Namespace = query.Metric.Namespace,
                    MetricName = query.Metric.Metric,
                    Dimensions = [.. query.Metric.Dimensions.Select(pair => new Dimension { Name = pair.Key, Value = pair.Value })],
                },
            },
        };

    private sealed class Merged(PlannedQuery query)
    {
        private readonly ImmutableSortedDictionary<DateTimeOffset, double>.Builder _points = ImmutableSortedDictionary.CreateBuilder<DateTimeOffset, double>();
        private string? _status;
        private string? _message;

        public void Take(MetricDataResult result)
        {
            var count = Math.Min(result.Timestamps?.Count ?? 0, result.Values?.Count ?? 0);
            for (var i = 0; i < count; i++)
            {
                var at = DateTime.SpecifyKind(result.Timestamps![i].ToUniversalTime(), DateTimeKind.Utc);
                _points[new DateTimeOffset(at)] = result.Values![i];
            }

            // A later page says how it stands in the end.
            _status = result.StatusCode?.Value ?? _status;
            _message = result.Messages is [var message, ..] ? $"{message.Code}: {message.Value}" : _message;
        }

        public QueryAnswer ToAnswer() => new(
            query,
            _points.ToImmutable(),
            // A status that is not known is believed as little as one that says that something is missing.
            Partial: _status != StatusCode.Complete.Value,
            Problem: _status switch
            {
                "Forbidden" => "it may not be read: cloudwatch:GetMetricData is denied for it",
                "InternalError" => $"CloudWatch failed on it{(_message is null ? "" : $" ({_message})")}",
                _ => null,
            });
    }
}
