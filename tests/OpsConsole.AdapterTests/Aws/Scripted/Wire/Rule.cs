using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OpsConsole.AdapterTests.Aws.Scripted.Wire;

/// <summary>A member that an input does not meet its rule with.</summary>
/// <param name="Member">The path to the member.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="IsMissing">Whether a required member is not there.</param>
internal sealed record Breach(string Member, string Problem, bool IsMissing = false);

/// <summary>What a service's model says about a value: its type, its limits, its members.</summary>
internal abstract record Rule
{
    /// <summary>Any text.</summary>
    public static readonly Rule AnyText = new TextRule(0, int.MaxValue, null);

    /// <summary>True or false.</summary>
    public static readonly Rule Flag = new KindRule("boolean", JsonValueKind.True, JsonValueKind.False);

    /// <summary>Seconds since 1970.</summary>
    public static readonly Rule Time = new KindRule("timestamp", JsonValueKind.Number);

    /// <summary>Any number; not a number and infinity are texts.</summary>
    public static readonly Rule Number = new KindRule("double", JsonValueKind.Number, JsonValueKind.String);

    /// <summary>A text of so many characters that matches a pattern.</summary>
    public static Rule Text(int min = 0, int max = int.MaxValue, string? pattern = null) => new TextRule(min, max, pattern);

    /// <summary>One of these texts.</summary>
    public static Rule OneOf(params string[] values) => new OneOfRule(values);

    /// <summary>A whole number between two bounds.</summary>
    public static Rule Whole(int min = int.MinValue, int max = int.MaxValue) => new WholeRule(min, max);

    /// <summary>A list of so many items.</summary>
    public static Rule ListOf(Rule item, int min = 0, int max = int.MaxValue) => new ListRule(item, min, max);

    /// <summary>A map of so many entries.</summary>
    public static Rule MapOf(Rule key, Rule value, int max = int.MaxValue) => new MapRule(key, value, max);

    /// <summary>An object; the names of required members end in <c>!</c>. A member that is not named is a breach.</summary>
    public static Rule Object(params (string Name, Rule Rule)[] members) =>
        new ObjectRule([.. members.Select(member => (member.Name.TrimEnd('!'), member.Name.EndsWith('!'), member.Rule))]);

    /// <summary>What a value does not meet.</summary>
    public IReadOnlyList<Breach> Check(JsonNode? value)
    {
        var breaches = new List<Breach>();
        Check(value, "", breaches);
        return breaches;
    }

    protected abstract void Check(JsonNode? value, string path, List<Breach> breaches);

    private static bool IsKind(JsonNode? value, string path, List<Breach> breaches, string name, params ReadOnlySpan<JsonValueKind> kinds)
    {
        var fits = value is not null && kinds.Contains(value.GetValueKind());
        if (!fits)
        {
            breaches.Add(new Breach(path, $"must be of type {name}"));
        }
        return fits;
    }

    private static void Size(int size, int min, int max, string path, List<Breach> breaches)
    {
        if (size < min)
        {
            breaches.Add(new Breach(path, $"Member must have length greater than or equal to {min}"));
        }
        if (size > max)
        {
            breaches.Add(new Breach(path, $"Member must have length less than or equal to {max}"));
        }
    }

    private sealed record KindRule(string Name, params JsonValueKind[] Kinds) : Rule
    {
        protected override void Check(JsonNode? value, string path, List<Breach> breaches) => IsKind(value, path, breaches, Name, Kinds);
    }

    private sealed record TextRule(int Min, int Max, string? Pattern) : Rule
    {
        protected override void Check(JsonNode? value, string path, List<Breach> breaches)
        {
            if (!IsKind(value, path, breaches, "string", JsonValueKind.String))
            {
                return;
            }
            var text = value!.GetValue<string>();
            Size(text.Length, Min, Max, path, breaches);
            if (Pattern is not null && !Regex.IsMatch(text, $"^(?:{Pattern})$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            {
                breaches.Add(new Breach(path, $"Member must satisfy regular expression pattern: {Pattern}"));
            }
        }
    }

    private sealed record OneOfRule(string[] Values) : Rule
    {
        protected override void Check(JsonNode? value, string path, List<Breach> breaches)
        {
            if (IsKind(value, path, breaches, "string", JsonValueKind.String) && !Values.Contains(value!.GetValue<string>(), StringComparer.Ordinal))
            {
                breaches.Add(new Breach(path, $"Member must satisfy enum value set: [{string.Join(", ", Values)}]"));
            }
        }
    }

    private sealed record WholeRule(int Min, int Max) : Rule
    {
        protected override void Check(JsonNode? value, string path, List<Breach> breaches)
        {
            if (!IsKind(value, path, breaches, "integer", JsonValueKind.Number))
            {
                return;
            }
            var number = Json.Number(value!);
            if (number != Math.Floor(number))
            {
                breaches.Add(new Breach(path, "must be of type integer"));
            }
            else if (number < Min || number > Max)
            {
                breaches.Add(new Breach(path, string.Create(
                    CultureInfo.InvariantCulture, $"Member must have value {(number < Min ? $"greater than or equal to {Min}" : $"less than or equal to {Max}")}")));
            }
        }
    }

    private sealed record ListRule(Rule Item, int Min, int Max) : Rule
    {
        protected override void Check(JsonNode? value, string path, List<Breach> breaches)
        {
            if (!IsKind(value, path, breaches, "list", JsonValueKind.Array))
            {
                return;
            }
            var items = value!.AsArray();
            Size(items.Count, Min, Max, path, breaches);
            for (var i = 0; i < items.Count; i++)
            {
                Item.Check(items[i], string.Create(CultureInfo.InvariantCulture, $"{path}.{i + 1}.member"), breaches);
            }
        }
    }

    private sealed record MapRule(Rule Key, Rule Value, int Max) : Rule
    {
        protected override void Check(JsonNode? value, string path, List<Breach> breaches)
        {
            if (!IsKind(value, path, breaches, "map", JsonValueKind.Object))
            {
                return;
            }
            var entries = value!.AsObject();
            Size(entries.Count, 0, Max, path, breaches);
            foreach (var (key, entry) in entries)
            {
                Key.Check(key, $"{path}.key", breaches);
                Value.Check(entry, $"{path}.{key}.member", breaches);
            }
        }
    }

    private sealed record ObjectRule((string Name, bool Required, Rule Rule)[] Members) : Rule
    {
        protected override void Check(JsonNode? value, string path, List<Breach> breaches)
        {
            if (!IsKind(value, path, breaches, "structure", JsonValueKind.Object))
            {
                return;
            }
            var entries = value!.AsObject();
            var prefix = path.Length == 0 ? "" : $"{path}.";
            foreach (var (name, required, rule) in Members)
            {
                if (entries[name] is { } member)
                {
                    rule.Check(member, prefix + name, breaches);
                }
                else if (required)
                {
                    breaches.Add(new Breach(prefix + name, "Member must not be null", IsMissing: true));
                }
            }
            breaches.AddRange(entries.Select(entry => entry.Key).Except(Members.Select(member => member.Name), StringComparer.Ordinal)
                .Select(unknown => new Breach(prefix + unknown, "is no member that the model knows")));
        }
    }
}
