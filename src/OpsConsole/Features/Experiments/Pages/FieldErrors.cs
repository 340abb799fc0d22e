namespace OpsConsole.Features.Experiments.Pages;

/// <summary>The messages of a form by member, as its fields ask for them.</summary>
internal static class FieldErrors
{
    /// <summary>What is wrong with a member, if anything is.</summary>
    public static string? At(this IReadOnlyDictionary<string, string[]> errors, string member) =>
        errors.TryGetValue(member, out var messages) ? string.Join(" ", messages) : null;
}
