using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using OpsConsole.Core.Access;
using OpsConsole.Core.Flags;
using OpsConsole.Features.Flags;
using OpsConsole.Features.Flags.Gates;
using OpsConsole.Features.Flags.Pages;

namespace OpsConsole.Tests.Flags;

public sealed class FlagFlipsTests : BunitContext
{
    private const string Key = "checkout";

    [Fact]
    public async Task An_OFF_needs_no_question_and_its_notice_takes_it_back()
    {
        using var console = await ConsoleAsync("staging");
        var screen = Screen();

        await FlipAsync(console, screen);
        Assert.False(await IsEnabledAsync(console));
        Assert.Empty(screen.FindAll("[role=dialog]"));

        await PressAsync(screen, "Undo");
        await FlagConsole.EventuallyAsync(() => IsEnabledAsync(console));
    }

    [Fact]
    public async Task Taking_an_OFF_back_in_production_shows_the_margins_and_asks_with_the_reason_written()
    {
        using var console = await ConsoleAsync("production");
        var screen = Screen();
        await FlipAsync(console, screen);

        await PressAsync(screen, "Undo");

        await screen.WaitForAssertionAsync(() => Assert.StartsWith("Undo of the OFF at ", screen.Find("#flip-reason").GetAttribute("value"), StringComparison.Ordinal));
        Assert.False(await IsEnabledAsync(console));
        Assert.Contains("error rate", screen.Find("[role=dialog]").TextContent, StringComparison.Ordinal);
        await screen.Find("form#flip").SubmitAsync();
        Assert.True(await IsEnabledAsync(console));
        Assert.Empty(screen.FindAll("[role=dialog]"));
    }

    [Fact]
    public async Task An_ON_without_a_reason_is_refused_at_the_field_and_its_notice_turns_it_OFF_again()
    {
        using var console = await ConsoleAsync("production");
        var screen = Screen();
        await FlipAsync(console, screen);

        await FlipAsync(console, screen);
        await screen.Find("form#flip").SubmitAsync();
        Assert.Contains("asks for a reason", screen.Find("#flip-reason-error").TextContent, StringComparison.Ordinal);
        Assert.Equal("true", screen.Find("#flip-reason").GetAttribute("aria-invalid"));
        Assert.False(await IsEnabledAsync(console));

        screen.Find("#flip-reason").Change("the launch");
        await screen.Find("form#flip").SubmitAsync();
        Assert.True(await IsEnabledAsync(console));

        await PressAsync(screen, "Undo");
        await FlagConsole.EventuallyAsync(async () => !await IsEnabledAsync(console));
    }

    [Fact]
    public async Task What_was_not_done_stays_on_screen_until_it_is_closed()
    {
        using var console = await ConsoleAsync("staging");
        var screen = Screen(mayOperate: false);

        await FlipAsync(console, screen);

        Assert.True(await IsEnabledAsync(console));
        var notice = Assert.Single(Services.GetRequiredService<ISnackbar>().ShownSnackbars);
        Assert.Equal(Severity.Error, notice.Severity);
        Assert.Contains("Your role only looks", screen.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Undo", screen.Markup, StringComparison.Ordinal);
    }

    private async Task<FlagConsole> ConsoleAsync(string environment)
    {
        var console = new FlagConsole(settings: ("OpsConsole:Environment", environment));
        using var put = await console.PutAsync(Key, new { enabled = true, changeReason = "test", conditions = new { service = "shop", maxErrorRate = 5 } });
        put.EnsureSuccessStatusCode();
        await FlagConsole.EventuallyAsync(() => Task.FromResult(View(console) is not null));

        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(console.Host.Services.GetRequiredService<FlagService>());
        Services.AddSingleton(console.Host.Services.GetRequiredService<FlagFeed>());
        Services.AddScoped<FlagDesk>();
        Services.AddScoped<FlagFlips>();
        return console;
    }

    private IRenderedComponent<IComponent> Screen(bool mayOperate = true)
    {
        var ana = AddAuthorization().SetAuthorized("ana");
        if (mayOperate)
        {
            ana.SetPolicies(AccessPolicies.Operate);
        }

        return Render(builder =>
        {
            builder.OpenComponent<OpsConsole.Ui.InteractiveProviders>(0);
            builder.CloseComponent();
        });
    }

    private Task FlipAsync(FlagConsole console, IRenderedComponent<IComponent> screen) =>
        screen.InvokeAsync(() => Services.GetRequiredService<FlagFlips>().FlipAsync(View(console)!));

    private static FlagView? View(FlagConsole console) =>
        console.Host.Services.GetRequiredService<FlagGates>().Board.Snapshot.Flags.GetValueOrDefault(Key);

    private static async Task<bool> IsEnabledAsync(FlagConsole console) =>
        (await console.GetAsync("/api/v1/flags/" + Key)).GetProperty("enabled").GetBoolean();

    private static Task PressAsync(IRenderedComponent<IComponent> screen, string button) =>
        screen.FindAll("button").First(candidate => candidate.TextContent.Trim() == button).ClickAsync(new());
}
