using System.Globalization;
using System.Text;

namespace OpsConsole.AdapterTests.Aws.Scripted.Wire;

/// <summary>Cuts lists into pages with opaque tokens.</summary>
internal static class Pages
{
    /// <summary>One page of a list.</summary>
    /// <param name="all">The whole list.</param>
    /// <param name="token">Where the page begins, as an earlier page said it; null for the first.</param>
    /// <param name="size">Items on a page at most.</param>
    /// <param name="scope">What the token belongs to: a token of another list is refused.</param>
    /// <param name="invalid">Makes the error of a token that no page gave out.</param>
    public static (IReadOnlyList<T> Items, string? Next) Cut<T>(IReadOnlyList<T> all, string? token, int size, string scope, Func<AwsError> invalid)
    {
        var start = token is null ? 0 : Read(token, scope) ?? throw invalid();
        var next = start + size;
        return ([.. all.Skip(start).Take(size)], next < all.Count ? Write(next, scope) : null);
    }

    /// <summary>The token of a place in a list.</summary>
    public static string Write(int start, string scope) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{start}|{scope}")));

    /// <summary>The place that a token stands for; null when it is not one of this list.</summary>
    public static int? Read(string token, string scope)
    {
        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length))
        {
            return null;
        }
        var text = Encoding.UTF8.GetString(bytes, 0, length).Split('|', 2);
        return text.Length == 2 && text[1] == scope && int.TryParse(text[0], NumberStyles.None, CultureInfo.InvariantCulture, out var start) ? start : null;
    }
}
