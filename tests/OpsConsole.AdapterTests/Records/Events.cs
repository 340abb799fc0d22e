using OpsConsole.Core.Timeline;

namespace OpsConsole.AdapterTests.Records;

internal static class Events
{
    public static TimelineEvent Flip(string subject = "flag:a", string reason = "", string actor = "ana", string kind = TimelineKinds.FlagChanged) =>
        new() { Actor = actor, Kind = kind, Subject = subject, Reason = reason };
}
