using System.Text;
using System.Text.Json.Nodes;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.Ssm;

/// <summary>A parameter of Parameter Store.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, in the clear.</param>
/// <param name="Type">Its type.</param>
/// <param name="Version">How often it was set.</param>
/// <param name="ChangedAt">When it was set.</param>
internal sealed record ScriptedParameter(string Name, string Value, string Type, int Version, DateTimeOffset ChangedAt)
{
    /// <summary>The parameter as callers see it: a SecureString stays encrypted unless they ask for more.</summary>
    /// <param name="decrypted">Whether they ask for more.</param>
    /// <param name="selector">The version that they named; null when they named none.</param>
    public JsonObject ToJson(bool decrypted, string? selector = null) => Json.Object(
        ("Name", Name),
        ("Type", Type),
        ("Value", Type == "SecureString" && !decrypted ? Convert.ToBase64String(Encoding.UTF8.GetBytes($"kms:{Version}:{Name}")) : Value),
        ("Version", Version),
        ("Selector", selector),
        ("LastModifiedDate", Json.Time(ChangedAt)),
        ("ARN", $"arn:aws:ssm:{ScriptedAws.Region}:{ScriptedAws.Account}:parameter/{Name.TrimStart('/')}"),
        ("DataType", "text"));
}
