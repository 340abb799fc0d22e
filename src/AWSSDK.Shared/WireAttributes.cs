namespace Amazon.Runtime.Wire;

/// <summary>The member stands in the path of the request, in the braces of this name, and not in its body.</summary>
/// <param name="name">The name in the path's template.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InPathAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The member stands in the query of the request, under this name, and not in its body.</summary>
/// <param name="name">The query parameter.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InQueryAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The service recognizes a repeated request by this member; a caller who leaves it out gets a new value.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class IdempotencyTokenAttribute : Attribute;
