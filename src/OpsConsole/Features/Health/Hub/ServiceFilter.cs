namespace OpsConsole.Features.Health;

/// <summary>Which services a viewer watches. Equal to another of the same choice.</summary>
internal sealed class ServiceFilter : IEquatable<ServiceFilter>
{
    public const int MaxServices = 200;
    public const int MaxNameLength = 256;

    private readonly HashSet<string>? _names;
    private readonly string _key;
    private readonly int _hash;

    private ServiceFilter(string key, HashSet<string>? names)
    {
        _key = key;
        _hash = key.GetHashCode(StringComparison.Ordinal);
        _names = names;
    }

    public static ServiceFilter All { get; } = new("*", null);

    public static ServiceFilter None { get; } = new("", []);

    public bool IsEmpty => _names is { Count: 0 };

    /// <summary>The choice of these services; of all if none is named.</summary>
    public static ServiceFilter Of(IReadOnlyCollection<string> services)
    {
        if (services.Count == 0)
        {
            return All;
        }

        var names = services.ToHashSet(StringComparer.Ordinal);
        return new(string.Join('\n', names.Order(StringComparer.Ordinal)), names);
    }

    public bool Equals(ServiceFilter? other) => ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _key == other._key);

    public override bool Equals(object? obj) => Equals(obj as ServiceFilter);

    public override int GetHashCode() => _hash;

    public bool Includes(string service) => _names is null || _names.Contains(service);

    /// <summary>What this choice has and the other one has not.</summary>
    public ServiceFilter Without(ServiceFilter other) =>
        other._names is null ? None
        : _names is null ? this
        : new(string.Join('\n', _names.Except(other._names, StringComparer.Ordinal).Order(StringComparer.Ordinal)),
            [.. _names.Except(other._names, StringComparer.Ordinal)]);
}
