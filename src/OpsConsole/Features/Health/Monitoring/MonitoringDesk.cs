using OpsConsole.Core.Health.Monitoring;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Health.Monitoring;

/// <summary>What became of a change of a monitored service.</summary>
internal abstract record MonitoringOutcome
{
    private MonitoringOutcome()
    {
    }

    /// <summary>It is on disk, and asked for from now on.</summary>
    public sealed record Saved(Stored<MonitoredService> Record) : MonitoringOutcome;

    /// <summary>Somebody else was there first.</summary>
    public sealed record Conflict(Stored<MonitoredService>? Current) : MonitoringOutcome;

    /// <summary>It is no definition that could be asked for.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : MonitoringOutcome;

    /// <summary>It cannot be changed.</summary>
    public sealed record Refused(string Why) : MonitoringOutcome;

    /// <summary>There is no such service.</summary>
    public sealed record Unknown : MonitoringOutcome;
}

/// <summary>Changes which services are asked for: the record and its event in one write.</summary>
internal sealed class MonitoringDesk(IMonitoring monitoring, IRecordStore store)
{
    /// <summary>One service, its revision 0 if it comes from the settings.</summary>
    public async Task<Stored<MonitoredService>?> FindAsync(string service, CancellationToken cancellationToken) =>
        FromSettings(service) is { } fixedOne
            ? new(service, 0, fixedOne)
            : await store.GetAsync(MonitoringRecords.Services, service, cancellationToken);

    /// <summary>Creates or replaces a service.</summary>
    /// <param name="service">The definition.</param>
    /// <param name="expectedRevision">The revision on which the change rests; 0 to create.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellationToken">Gives up before writing.</param>
    public async Task<MonitoringOutcome> SaveAsync(MonitoredService service, long expectedRevision, string actor, CancellationToken cancellationToken)
    {
        if (monitoring.Unavailable is { } why)
        {
            return new MonitoringOutcome.Refused(why);
        }

        if (FromSettings(service.Service) is not null)
        {
            return new MonitoringOutcome.Refused(SettingsSentence(service.Service));
        }

        if (MonitoredServiceRules.Validate(service) is { Count: > 0 } errors)
        {
            return new MonitoringOutcome.Invalid(errors);
        }

        var change = Event(service.Service, TimelineKinds.MonitoringChanged, actor)
            .With("metrics", string.Join(",", service.Metrics.Select(metric => metric.Id)))
            .With("periodSeconds", ((int)service.Period.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
        return await store.SaveAsync(MonitoringRecords.Services, service.Service, service, expectedRevision, change, cancellationToken) switch
        {
            SaveOutcome<MonitoredService>.Saved saved => Done(saved.Record),
            SaveOutcome<MonitoredService>.Conflict conflict => new MonitoringOutcome.Conflict(conflict.Current),
            _ => throw new InvalidOperationException("The store answered with an outcome that is not known."),
        };
    }

    /// <summary>Stops asking for a service. Its history is kept.</summary>
    public async Task<MonitoringOutcome> DeleteAsync(string service, long? expectedRevision, string actor, CancellationToken cancellationToken)
    {
        if (await FindAsync(service, cancellationToken) is not { } stored)
        {
            return new MonitoringOutcome.Unknown();
        }

        if (stored.Revision == 0)
        {
            return new MonitoringOutcome.Refused(SettingsSentence(service));
        }

        return await store.DeleteAsync(
            MonitoringRecords.Services, service, expectedRevision ?? stored.Revision, Event(service, TimelineKinds.MonitoringRemoved, actor), cancellationToken) switch
        {
            SaveOutcome<MonitoredService>.Saved saved => Done(saved.Record),
            SaveOutcome<MonitoredService>.Conflict { Current: { } current } => new MonitoringOutcome.Conflict(current),
            _ => new MonitoringOutcome.Unknown(),
        };
    }

    private MonitoringOutcome.Saved Done(Stored<MonitoredService> record)
    {
        monitoring.Refresh();
        return new(record);
    }

    private MonitoredService? FromSettings(string service)
    {
        var status = monitoring.Status;
        return status.FromSettings.Contains(service) ? status.Services.FirstOrDefault(known => known.Service == service) : null;
    }

    private static string SettingsSentence(string service) =>
        $"{service} comes from the settings (OpsConsole:Aws:Health:Services). Change it there and start the console anew.";

    private static TimelineEvent Event(string service, string kind, string actor) =>
        new TimelineEvent { Actor = actor, Kind = kind, Subject = Subjects.Service(service) }.With("service", service);
}
