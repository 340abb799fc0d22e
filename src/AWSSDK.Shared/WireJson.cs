using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Amazon.Runtime.Wire;

/// <summary>How requests and responses are written as JSON.</summary>
internal static class WireJson
{
    /// <summary>Makes the options of a service.</summary>
    /// <param name="naming">How members are named on the wire; null when as in C#.</param>
    public static JsonSerializerOptions Options(JsonNamingPolicy naming) => new()
    {
        PropertyNamingPolicy = naming,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        MaxDepth = 256,
        Converters = { new EpochSecondsConverter(), new ConstantConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { KeepBodyMembers, SkipEmptyCollections, FillIdempotencyToken } },
    };

    private static void KeepBodyMembers(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].AttributeProvider is not MemberInfo member
                || member.DeclaringType == typeof(AmazonWebServiceRequest)
                || member.DeclaringType == typeof(AmazonWebServiceResponse)
                || member.IsDefined(typeof(InPathAttribute))
                || member.IsDefined(typeof(InQueryAttribute)))
            {
                type.Properties.RemoveAt(i);
            }
        }
    }

    // With AWSConfigs.InitializeCollections an empty collection is one that nobody has set.
    private static void SkipEmptyCollections(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => typeof(ICollection).IsAssignableFrom(property.PropertyType)))
        {
            property.ShouldSerialize = (_, value) => value is ICollection items && (items.Count > 0 || !AWSConfigs.InitializeCollections);
        }
    }

    private static void FillIdempotencyToken(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => property.AttributeProvider?.IsDefined(typeof(IdempotencyTokenAttribute), inherit: true) == true))
        {
            var get = property.Get;
            property.Get = request => get(request) ?? Guid.CreateVersion7().ToString();
        }
    }
}
