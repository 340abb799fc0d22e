using MudBlazor;

namespace OpsConsole.Ui;

/// <summary>MudBlazor's type and shape. Its palette is mapped to the design system's tokens in CSS, so that themes switch without a circuit.</summary>
internal static class ConsoleTheme
{
    private static readonly string[] Sans = ["Inter Variable", "Inter", "system-ui", "sans-serif"];

    public static MudTheme Instance { get; } = new()
    {
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "4px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Sans, FontSize = "13px", LineHeight = "1.54", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontFamily = Sans, FontSize = "13px", LineHeight = "1.54", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = Sans, FontSize = "12px", LineHeight = "1.5", LetterSpacing = "normal" },
            H6 = new H6Typography { FontFamily = Sans, FontSize = "14px", FontWeight = "600", LineHeight = "1.43", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = Sans, FontSize = "13px", FontWeight = "500", TextTransform = "none", LetterSpacing = "normal" },
        },
    };
}
