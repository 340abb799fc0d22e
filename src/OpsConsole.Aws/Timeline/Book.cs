using Amazon.DynamoDBv2.Model;
using OpsConsole.Aws.Dynamo;

namespace OpsConsole.Aws.Timeline;

/// <summary>What the console keeps about an item beside its content, in one attribute of its own.</summary>
/// <param name="Revision">The record's revision.</param>
/// <param name="Change">The name of the newest change, which is that of its event.</param>
/// <param name="Box">The event of the newest change, if it is not in the timeline yet.</param>
/// <param name="IsDeleted">Whether the record is gone and only its event is still here.</param>
/// <param name="Written">The content as the console wrote it, where others may write, too.</param>
internal sealed record Book(long Revision, string Change, Outbox? Box, bool IsDeleted, Item? Written)
{
    public const string Name = "opsconsole";
    public const string BoxName = "outbox";
    public const string DeletedName = "deleted";

    private const string RevisionName = "revision", ChangeName = "change", WrittenName = "written";

    public static Book? Of(Item? item) =>
        item?.GetMap(Name) is { } book && book.GetNumber(RevisionName) is { } revision && book.GetText(ChangeName) is { } change
            ? new(revision, change, Outbox.Read(book.GetMap(BoxName)), book.IsTrue(DeletedName), book.GetMap(WrittenName))
            : null;

    /// <summary>The console's last change must still be the one that was read, with its event in the timeline.</summary>
    public static void RequireUnchanged(ItemUpdate update, Item? read)
    {
        if (read?.Get(Name) is null)
        {
            update.RequireAbsent(update.Path(Name));
            return;
        }

        if (Of(read) is { } book)
        {
            update.Require(update.Path(Name, ChangeName), Attributes.Text(book.Change));
            update.RequireAbsent(update.Path(Name, BoxName));
        }
        else
        {
            update.Require(update.Path(Name), read.Get(Name));
        }
    }

    public AttributeValue Write()
    {
        var book = new Item(StringComparer.Ordinal)
        {
            [RevisionName] = Attributes.Number(Revision),
            [ChangeName] = Attributes.Text(Change),
        };
        if (Box is not null)
        {
            book[BoxName] = Box.Write();
        }

        if (IsDeleted)
        {
            book[DeletedName] = Attributes.Truth(true);
        }

        if (Written is not null)
        {
            book[WrittenName] = Attributes.Map(Written);
        }

        return Attributes.Map(book);
    }
}
