using System.Text.RegularExpressions;
using OpsConsole.Core.Flags.Evaluation;

namespace OpsConsole.Core.Flags;

/// <summary>What a flag must be to be kept: errors by the member on the wire.</summary>
internal static partial class FlagValidation
{
    public const int MostPrerequisites = 10;

    /// <summary>Every error of a flag; empty for a good one.</summary>
    /// <param name="flag">The flag as it is to be kept.</param>
    /// <param name="find">The other flags.</param>
    public static IReadOnlyDictionary<string, string[]> Check(Flag flag, Func<string, Flag?> find)
    {
        var errors = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        if (!IsKey(flag.Key))
        {
            Add("key", "A key is 1 to 100 letters, digits, dots, dashes and underscores.");
        }

        if (flag.Description.Length > 500)
        {
            Add("description", "A description has at most 500 characters.");
        }

        if (flag.Percentage is < 0 or > 100)
        {
            Add("percentage", "A percentage is 0 to 100, or nothing for everybody.");
        }

        if (flag.ShedOrder is < 0 or > 10_000)
        {
            Add("shedOrder", "The order of shedding is 0 to 10000; lower is shed earlier.");
        }

        if (CheckPrerequisites(flag, find) is { } problem)
        {
            Add("prerequisites", problem);
        }

        if (flag.Conditions is { } conditions)
        {
            CheckConditions(conditions, Add);
        }

        return errors;

        void Add(string member, string message) => errors[member] = [message];
    }

    public static bool IsKey(string key) => Key.IsMatch(key);

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,100}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Key { get; }

    private static string? CheckPrerequisites(Flag flag, Func<string, Flag?> find)
    {
        if (flag.Prerequisites.Length > MostPrerequisites)
        {
            return $"A flag has at most {MostPrerequisites} prerequisites.";
        }

        if (flag.Prerequisites.FirstOrDefault(key => key != flag.Key && find(key) is null) is { } unknown)
        {
            return $"There is no flag “{unknown}”.";
        }

        var cycle = FlagRuleBook.FindCycle(
            flag.Key, key => key == flag.Key ? flag.Prerequisites : find(key)?.Prerequisites ?? []);
        return cycle is null ? null : $"The flag would wait for itself: {string.Join(" → ", cycle)}.";
    }

    private static void CheckConditions(FlagConditions conditions, Action<string, string> add)
    {
        if (conditions.Service.Length is 0 or > 200)
        {
            add("conditions.service", "Name the service whose vital signs are looked at, in at most 200 characters.");
        }

        var limits = 0;
        foreach (var limit in FlagLimits.All)
        {
            if (limit.Read(conditions) is { } value)
            {
                limits++;
                if (!(value >= 0 && value <= limit.Most))
                {
                    add("conditions." + limit.Member, $"The limit is 0 to {FlagLimits.Format(limit.Sign, limit.Most)}.");
                }
            }
        }

        if (limits == 0)
        {
            add("conditions", "Set at least one limit, or leave the conditions out.");
        }

        if (conditions.RecoverFor < TimeSpan.Zero || conditions.RecoverFor > TimeSpan.FromHours(1))
        {
            add("conditions.recoverForSeconds", "The time to recover is 0 to 3600 s.");
        }
    }
}
