using Bunit;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Features.Flags.Pages;

namespace OpsConsole.Tests.Flags;

public sealed class FlagPageTests : BunitContext
{
    private static readonly Flag Started = new() { Key = "a", Description = "one", Percentage = 10, Conditions = new() { Service = "shop", MaxErrorRate = 5 } };

    public FlagPageTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void A_conflict_shows_both_versions_of_what_differs_and_nothing_else()
    {
        var dialog = Conflict(_ => { });
        Assert.Equal(["Description", "Percentage"], dialog.FindAll("tbody th").Select(cell => cell.TextContent));
        Assert.Equal(["theirs", "mine"], dialog.FindAll("tbody tr")[0].QuerySelectorAll("td").Select(cell => cell.TextContent.Trim()));
    }

    [Fact]
    public void What_I_did_not_touch_is_theirs_until_I_choose_otherwise()
    {
        Func<string, bool>? chosen = null;
        var dialog = Conflict(decided => chosen = decided);
        dialog.FindAll("button").Single(button => button.TextContent == "Save as chosen").Click();
        Assert.True(chosen!("description"));
        Assert.False(chosen("percentage"));
    }

    [Fact]
    public void Taking_theirs_takes_every_field()
    {
        Func<string, bool>? chosen = null;
        var dialog = Conflict(decided => chosen = decided);
        dialog.FindAll("button").Single(button => button.TextContent == "Take theirs").Click();
        Assert.False(chosen!("description"));
    }

    [Fact]
    public void A_form_gives_back_the_flag_that_it_was_made_from()
    {
        var (flag, errors) = FlagForm.From(Started).Read("a", Started);
        Assert.Empty(errors);
        Assert.Equal(Started with { Prerequisites = flag!.Prerequisites }, flag);
        Assert.Empty(flag.Prerequisites);
    }

    [Fact]
    public void A_row_shows_intent_and_what_is_served_apart_and_is_flipped_only_by_its_button()
    {
        var turnedOff = 0;
        var view = new FlagView(
            Started with { Enabled = true }, 1, Served: false, "TARGETING_MATCH", "Requested ON, serving OFF: error rate 7.2 % > 5 % for 14 s",
            GateOpen: false, Shed: true, [new ConditionMargin(VitalSign.ErrorRate, 5, 7.2, Breached: true)], GateSince: null);
        var row = Render<FlagRow>(parameters => parameters
            .Add(component => component.View, view).Add(component => component.MayOperate, true).Add(component => component.OnOff, _ => turnedOff++));
        Assert.Equal(["ON", "OFF, shed", "error rate 7.2 % / 5 %"], row.FindAll(".chip").Select(chip => chip.TextContent.Trim()));
        Assert.Contains("for 14 s", row.Find(".why").TextContent, StringComparison.Ordinal);
        Assert.Throws<MissingEventHandlerException>(() => row.Find("tr").Click());
        row.Find("button").Click();
        Assert.Equal(1, turnedOff);
    }

    private IRenderedComponent<ConflictDialog> Conflict(Action<Func<string, bool>> decided)
    {
        var mine = FlagForm.From(Started);
        mine["description"] = "mine";
        return Render<ConflictDialog>(parameters => parameters
            .Add(dialog => dialog.FlagKey, "a")
            .Add(dialog => dialog.Theirs, new Stored<Flag>("a", 2, Started with { Description = "theirs", Percentage = 50 }))
            .Add(dialog => dialog.Mine, mine)
            .Add(dialog => dialog.StartedFrom, FlagForm.From(Started))
            .Add(dialog => dialog.OnDecided, decided));
    }
}
