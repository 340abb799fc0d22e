using Microsoft.AspNetCore.Components;
using MudBlazor;
using OpsConsole.Core.Flags;

namespace OpsConsole.Features.Flags.Pages;

public sealed partial class FlipDialog
{
    private readonly CancellationTokenSource _leaving = new();
    private FlagView _view = null!;
    private string _reason = "";
    private string? _refusal;
    private bool _busy;
    private Task? _watching;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    /// <summary>The flag as it was when the dialog was opened; what is shown moves on from there.</summary>
    [Parameter, EditorRequired]
    public FlagView View { get; set; } = null!;

    [Parameter]
    public bool AsksForReason { get; set; }

    /// <summary>The reason that is there to begin with.</summary>
    [Parameter]
    public string Reason { get; set; } = "";

    /// <summary>Turns it ON for a reason; answers why it was refused, if it was.</summary>
    [Parameter, EditorRequired]
    public Func<string, Task<string?>> TurnOn { get; set; } = null!;

    [Inject]
    internal FlagFeed Feed { get; set; } = null!;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override void OnInitialized() => (_view, _reason) = (View, Reason);

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _watching = WatchAsync(_leaving.Token);
        }
    }

    private async Task WatchAsync(CancellationToken leaving)
    {
        try
        {
            await foreach (var snapshot in Feed.WatchAsync(leaving))
            {
                await InvokeAsync(() =>
                {
                    _view = snapshot.Flags.GetValueOrDefault(_view.Flag.Key, _view);
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The dialog was closed.
        }
    }

    private async Task ConfirmAsync()
    {
        if (_busy)
        {
            return;
        }

        _busy = true;
        _refusal = await TurnOn(_reason.Trim());
        _busy = false;
        if (_refusal is null)
        {
            Dialog.Close();
        }
    }
}
