using System.Collections.Immutable;
using System.Text;

namespace OpsConsole.Core.Timeline;

/// <summary>
/// Makes an event such that it is read back exactly as it was hashed: texts without NUL and without halves of surrogate pairs,
/// which no UTF-8 column holds, and facts in ordinal order.
/// </summary>
public static class EventText
{
    /// <summary>The event as it is read back.</summary>
    /// <param name="event">The event.</param>
    public static TimelineEvent Storable(TimelineEvent @event) => @event with
    {
        Actor = Storable(@event.Actor),
        Kind = Storable(@event.Kind),
        Subject = Storable(@event.Subject),
        Reason = Storable(@event.Reason),
        Data = Storable(@event.Data),
    };

    /// <summary>The text as it is read back.</summary>
    /// <param name="text">The text.</param>
    public static string Storable(string text)
    {
        foreach (var character in text)
        {
            if (character == '\0' || char.IsSurrogate(character))
            {
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
            }
        }

        return text;
    }

    private static ImmutableSortedDictionary<string, string> Storable(ImmutableSortedDictionary<string, string> data)
    {
        var storable = TimelineEvent.NoData;
        foreach (var (name, value) in data)
        {
            storable = storable.SetItem(Storable(name), Storable(value));
        }

        return storable;
    }
}
