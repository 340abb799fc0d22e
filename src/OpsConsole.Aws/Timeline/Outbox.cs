using Amazon.DynamoDBv2.Model;
using OpsConsole.Aws.Dynamo;

namespace OpsConsole.Aws.Timeline;

/// <summary>
/// An event that rides in the item whose change it is, until it is in the timeline. Whoever moves it does so to the place that is written here,
/// and writes another place here only when that one is taken: so it is moved once, however many try.
/// </summary>
/// <param name="EventId">The event's name.</param>
/// <param name="Place">The number that the entry is to have.</param>
/// <param name="Json">The event, if it is not in parts.</param>
/// <param name="Parts">In how many parts it is.</param>
internal sealed record Outbox(string EventId, long Place, string? Json, int Parts)
{
    /// <summary>No place yet.</summary>
    public const long NoPlace = 0;

    private const string Id = "event", PlaceName = "place", JsonName = "json", PartsName = "parts";

    public static Outbox Of(PackedEvent packed, long place) => new(packed.Id, place, packed.Json, packed.Parts);

    public static Outbox? Read(Item? box) => box?.GetText(Id) is { } id
        ? new(id, box.GetNumber(PlaceName) ?? NoPlace, box.GetText(JsonName), (int)(box.GetNumber(PartsName) ?? 0))
        : null;

    public AttributeValue Write()
    {
        var box = new Item(StringComparer.Ordinal) { [Id] = Attributes.Text(EventId), [PlaceName] = Attributes.Number(Place) };
        if (Json is not null)
        {
            box[JsonName] = Attributes.Text(Json);
        }
        else
        {
            box[PartsName] = Attributes.Number(Parts);
        }

        return Attributes.Map(box);
    }

    /// <summary>Writes another place, if the event is still there with the old one.</summary>
    public UpdateItemRequest ToPlace(ItemKey key, long place)
    {
        var update = new ItemUpdate();
        RequireUnmoved(update);
        update.Require(update.Path(Book.Name, Book.BoxName, PlaceName), Attributes.Number(Place));
        update.Set(update.Path(Book.Name, Book.BoxName, PlaceName), Attributes.Number(place));
        return update.ToUpdate(key);
    }

    /// <summary>Takes the event out of the item, if it is still there.</summary>
    public UpdateItemRequest ToClear(ItemKey key)
    {
        var update = new ItemUpdate();
        RequireUnmoved(update);
        update.Remove(update.Path(Book.Name, Book.BoxName));
        update.Remove(update.Path(RecordsTable.Pending));
        return update.ToUpdate(key);
    }

    /// <summary>Removes the item of a record that was deleted, if nobody has made it anew.</summary>
    public DeleteItemRequest ToBury(ItemKey key)
    {
        var update = new ItemUpdate();
        RequireUnmoved(update);
        update.Require(update.Path(Book.Name, Book.DeletedName), Attributes.Truth(true));
        return update.ToDelete(key);
    }

    private void RequireUnmoved(ItemUpdate update) =>
        update.Require(update.Path(Book.Name, Book.BoxName, Id), Attributes.Text(EventId));
}
