using System.Text.Json;
using System.Text.Json.Serialization;

namespace Amazon.Runtime.Wire;

/// <summary>Constants travel as their text; a text that no constant has is kept as it is.</summary>
internal sealed class ConstantConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeof(ConstantClass).IsAssignableFrom(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert));

    private sealed class Of<T> : JsonConverter<T>
        where T : ConstantClass
    {
        private readonly Func<string, T> _find = typeof(T).GetMethod("FindValue", [typeof(string)]).CreateDelegate<Func<string, T>>();

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => _find(reader.GetString());

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
