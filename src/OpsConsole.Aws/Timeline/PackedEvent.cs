using System.Text.Json;
using System.Text.Json.Serialization;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Timeline;

/// <summary>An event on its way into the timeline, with a name that nothing else has: by it, it is known again.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Event">The event, as it is read back.</param>
/// <param name="Json">The event in one line, if it is small enough to stand in an item.</param>
/// <param name="Parts">Into how many items of its own the line is cut, if it is not.</param>
internal sealed record PackedEvent(string Id, TimelineEvent Event, string? Json, int Parts);

/// <summary>An event as it is written.</summary>
internal sealed record EventLine(string Actor, string Kind, string Subject, string Reason, Dictionary<string, string> Data)
{
    public static EventLine Of(TimelineEvent @event) =>
        new(@event.Actor, @event.Kind, @event.Subject, @event.Reason, new(@event.Data, StringComparer.Ordinal));

    public TimelineEvent ToEvent() => new()
    {
        Actor = Actor,
        Kind = Kind,
        Subject = Subject,
        Reason = Reason,
        Data = TimelineEvent.NoData.AddRange(Data),
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EventLine))]
internal sealed partial class EventJson : JsonSerializerContext;
