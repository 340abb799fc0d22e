using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Flags;
using OpsConsole.Tests.Features.Experiments;

namespace OpsConsole.Tests.Flags;

public sealed class FlagCatalogTests
{
    private static readonly PendingOff Off = new("otto", "it burns", new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero), JournalPlace.Memory);

    private readonly MemoryStore _store = new(new FakeTimeProvider());

    [Fact]
    public void An_OFF_that_two_keep_at_once_is_kept()
    {
        var catalog = new FlagCatalog(_store, _store);
        var held = catalog.Hold("a", Off);
        Assert.Equal(JournalPlace.Journal, catalog.Keep("a", held).Place);
        Assert.Equal(JournalPlace.Journal, catalog.Keep("a", held).Place);
        Assert.Equal("otto", Assert.Single(new FlagCatalog(_store, _store).Pending).Value.Actor);
    }

    [Fact]
    public void An_OFF_that_the_store_took_before_it_could_be_kept_does_not_come_back()
    {
        var catalog = new FlagCatalog(_store, _store);
        var held = catalog.Hold("a", Off);
        catalog.Forget("a");
        catalog.Keep("a", held);
        Assert.Empty(catalog.Pending);
        Assert.Empty(new FlagCatalog(_store, _store).Pending);
    }

    [Fact]
    public void Who_turned_it_off_first_stays()
    {
        var catalog = new FlagCatalog(_store, _store);
        catalog.Keep("a", catalog.Hold("a", Off));
        Assert.Equal("otto", catalog.Hold("a", Off with { Actor = "ada" }).Actor);
    }

    [Fact]
    public void The_lever_and_other_intents_are_no_flags()
    {
        _store.Keep(new() { Actor = "otto", Kind = TimelineKinds.LeverEngaged, Subject = Subjects.SafetyLever });
        Assert.Empty(new FlagCatalog(_store, _store).Pending);
    }
}
