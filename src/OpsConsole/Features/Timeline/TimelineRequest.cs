using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Timeline;

/// <summary>The parameters of <c>GET /api/v1/timeline</c>.</summary>
internal sealed record TimelineRequest
{
    private const int LongestText = 500;

    [FromQuery(Name = "after")]
    public string? After { get; init; }

    [FromQuery(Name = "before")]
    public string? Before { get; init; }

    [FromQuery(Name = "limit")]
    public string? Limit { get; init; }

    [FromQuery(Name = "kind")]
    public string? Kind { get; init; }

    [FromQuery(Name = "actor")]
    public string? Actor { get; init; }

    [FromQuery(Name = "subject")]
    public string? Subject { get; init; }

    [FromQuery(Name = "from")]
    public string? From { get; init; }

    [FromQuery(Name = "to")]
    public string? To { get; init; }

    [FromQuery(Name = "text")]
    public string? Text { get; init; }

    [FromQuery(Name = "order")]
    public string? Order { get; init; }

    /// <summary>The query, or what is wrong with each parameter.</summary>
    public TimelineQuery Parse(out Dictionary<string, string[]> errors)
    {
        var wrong = errors = new(StringComparer.Ordinal);
        var query = new TimelineQuery
        {
            After = Number("after", After, long.MaxValue),
            Before = Number("before", Before, long.MaxValue),
            Limit = (int)(Number("limit", Limit, 1000) ?? 100),
            From = Time("from", From),
            To = Time("to", To),
            Kind = Words("kind", Kind),
            Actor = Words("actor", Actor),
            Subject = Words("subject", Subject),
            Text = Words("text", Text),
            NewestFirst = Order is null or "" ? After is null or "" : Order == "desc",
        };
        if (Order is not (null or "" or "asc" or "desc"))
        {
            wrong["order"] = ["Say asc (oldest first) or desc (newest first)."];
        }

        if (query.Limit == 0)
        {
            wrong["limit"] = ["Ask for 1 to 1000 entries."];
        }

        if (query.From >= query.To)
        {
            wrong["to"] = ["The end must be after the start."];
        }

        return query;

        long? Number(string name, string? text, long largest)
        {
            if (string.IsNullOrEmpty(text))
            {
                return null;
            }

            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= largest)
            {
                return number;
            }

            wrong[name] = [$"Give a whole number from 0 to {largest}."];
            return null;
        }

        DateTimeOffset? Time(string name, string? text)
        {
            if (string.IsNullOrEmpty(text))
            {
                return null;
            }

            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return time;
            }

            wrong[name] = ["Give a time as 2026-03-01T12:00:00Z."];
            return null;
        }

        string? Words(string name, string? text)
        {
            if (text?.Length > LongestText)
            {
                wrong[name] = [$"At most {LongestText} characters."];
            }

            return string.IsNullOrEmpty(text) ? null : text;
        }
    }
}
