using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Features.Flags.Pages;

namespace OpsConsole.Tests.Flags;

public sealed class FlagPageTests : BunitContext
{
    private static readonly Flag Started = new() { Key = "a", Description = "one", Percentage = 10, Conditions = new() { Service = "shop", MaxErrorRate = 5 } };

    public FlagPageTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
    }

    [Fact]
    public async Task A_conflict_shows_both_versions_of_what_differs_and_nothing_else()
    {
        var (screen, _) = await ConflictAsync();
        Assert.Equal(["Description", "Percentage"], screen.FindAll("tbody th").Select(cell => cell.TextContent));
        Assert.Equal(["theirs", "mine"], screen.FindAll("tbody tr")[0].QuerySelectorAll("td").Select(cell => cell.TextContent.Trim()));
    }

    [Fact]
    public async Task What_I_did_not_touch_is_theirs_until_I_choose_otherwise()
    {
        var (screen, dialog) = await ConflictAsync();
        await PressAsync(screen, "Save as chosen");
        Assert.Equal(["description"], await MineAsync(dialog));
    }

    [Fact]
    public async Task Taking_theirs_takes_every_field()
    {
        var (screen, dialog) = await ConflictAsync();
        await PressAsync(screen, "Take theirs");
        Assert.Empty(await MineAsync(dialog));
    }

    [Fact]
    public async Task Going_back_to_the_form_decides_nothing()
    {
        var (screen, dialog) = await ConflictAsync();
        await PressAsync(screen, "Back to the form");
        Assert.True((await dialog.Result)!.Canceled);
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
        var flipped = 0;
        var view = new FlagView(
            Started with { Enabled = true }, 1, Served: false, "TARGETING_MATCH", "Requested ON, serving OFF: error rate 7.2 % > 5 % for 14 s",
            GateOpen: false, Shed: true, [new ConditionMargin(VitalSign.ErrorRate, 5, 7.2, Breached: true)], GateSince: null);
        var rows = new FlagRows(_ => Task.FromResult(flipped++)) { MayFlip = true };
        rows.Prepare(FlagSnapshot.Empty with { Flags = FlagSnapshot.Empty.Flags.Add("a", view) });
        var row = Render<FlagRow>(parameters => parameters.Add(component => component.Key, "a").AddCascadingValue(rows));
        Assert.Equal(["ON", "OFF, shed", "error rate 7.2 % / 5 %"], row.FindAll(".chip").Select(chip => chip.TextContent.Trim()));
        Assert.Contains("for 14 s", row.Find(".why").TextContent, StringComparison.Ordinal);
        Assert.Throws<MissingEventHandlerException>(() => row.Find("tr").Click());
        row.Find("button").Click();
        Assert.Equal(1, flipped);
    }

    private async Task<(IRenderedComponent<MudDialogProvider> Screen, IDialogReference Dialog)> ConflictAsync()
    {
        var mine = FlagForm.From(Started);
        mine["description"] = "mine";
        var screen = Render<MudDialogProvider>();
        var dialog = await screen.InvokeAsync(() => Services.GetRequiredService<IDialogService>().ShowAsync<ConflictDialog>(null, new DialogParameters<ConflictDialog>
        {
            { conflict => conflict.Theirs, new Stored<Flag>("a", 2, Started with { Description = "theirs", Percentage = 50 }) },
            { conflict => conflict.Mine, mine },
            { conflict => conflict.StartedFrom, FlagForm.From(Started) },
        }));
        return (screen, dialog);
    }

    private static Task PressAsync(IRenderedComponent<MudDialogProvider> screen, string button) =>
        screen.FindAll("button").Single(candidate => candidate.TextContent.Trim() == button).ClickAsync(new());

    private static async Task<IEnumerable<string>> MineAsync(IDialogReference dialog) => (IReadOnlySet<string>)(await dialog.Result)!.Data!;
}
