using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace OpsConsole.Ui;

public sealed partial class ConfirmAction
{
    private readonly string _questionId = $"confirm-{Interlocked.Increment(ref _last)}";
    private static long _last;
    private ElementReference _confirm;
    private bool _asking;
    private bool _focusPending;

    /// <summary>What the button says at first.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>The question, e.g. “Archive ml-recommendations?”.</summary>
    [Parameter, EditorRequired]
    public string Question { get; set; } = "";

    /// <summary>What the second button says.</summary>
    [Parameter]
    public string ConfirmLabel { get; set; } = "Yes";

    [Parameter]
    public string? Class { get; set; }

    /// <summary>Why it cannot be done now; shown beside the disabled button.</summary>
    [Parameter]
    public string? DisabledReason { get; set; }

    [Parameter, EditorRequired]
    public EventCallback OnConfirmed { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focusPending)
        {
            _focusPending = false;
            await _confirm.FocusAsync();
        }
    }

    private void Ask() => (_asking, _focusPending) = (true, true);

    private void Cancel() => _asking = false;

    private void OnKey(KeyboardEventArgs pressed)
    {
        if (pressed.Key == "Escape")
        {
            Cancel();
        }
    }

    private async Task ConfirmAsync()
    {
        _asking = false;
        await OnConfirmed.InvokeAsync();
    }
}
