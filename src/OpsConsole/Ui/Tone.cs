namespace OpsConsole.Ui;

/// <summary>The meaning of a colour. It never stands alone: an icon and a word stand beside it.</summary>
public enum Tone
{
    Off,
    Ok,
    Warn,
    Bad,
    Info,
}
