namespace OpsConsole.AdapterTests.Aws.Scripted.Fis;

/// <summary>What an experiment meets in the account.</summary>
internal interface IFisAccount
{
    /// <summary>Whether the safety lever stops every experiment.</summary>
    bool IsLeverEngaged { get; }

    /// <summary>What there is to strike.</summary>
    IReadOnlyList<FisResource> Resources { get; }

    /// <summary>The ARNs of the alarms that are in ALARM.</summary>
    IEnumerable<string> AlarmsInAlarm { get; }

    /// <summary>What the experiment that begins now shall fail with; null when it shall not.</summary>
    (string Code, string Reason)? TakeFailure();
}
