using System.Collections.Immutable;

namespace OpsConsole.Core.Experiments;

/// <summary>When experiments may run in production, on the clock of a named time zone.</summary>
/// <param name="Zone">The zone, by its IANA name.</param>
/// <param name="Days">The days of the week.</param>
/// <param name="Opens">The time of day at which it opens.</param>
/// <param name="Closes">The time of day at which it closes; after <paramref name="Opens"/>.</param>
public sealed record ProductionWindow(TimeZoneInfo Zone, ImmutableHashSet<DayOfWeek> Days, TimeOnly Opens, TimeOnly Closes)
{
    /// <summary>Whether it is open.</summary>
    /// <param name="at">When.</param>
    public bool IsOpen(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone);
        var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        return Days.Contains(local.DayOfWeek) && time >= Opens && time < Closes;
    }

    /// <summary>When it opens next.</summary>
    /// <param name="after">A time at which it is closed.</param>
    public DateTimeOffset NextOpening(DateTimeOffset after)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, Zone).DateTime);
        for (var ahead = 0; ahead <= 8; ahead++)
        {
            var opening = At(today.AddDays(ahead), Opens);
            if (Days.Contains(today.AddDays(ahead).DayOfWeek) && opening > after)
            {
                return opening;
            }
        }

        return DateTimeOffset.MaxValue;
    }

    /// <summary>When it is open, in words.</summary>
    public override string ToString() =>
        $"{Opens:HH\\:mm}–{Closes:HH\\:mm} {Zone.Id}, {string.Join(" ", Days.Order().Select(day => day.ToString()[..3]))}";

    private DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time, DateTimeKind.Unspecified);
        while (Zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(15);
        }

        return new DateTimeOffset(local, Zone.GetUtcOffset(local));
    }
}
