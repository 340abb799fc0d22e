using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.Util;

namespace Amazon.Runtime.Wire;

/// <summary>Times are seconds since 1970 in UTC, with milliseconds as fraction; a text in ISO 8601 is understood too.</summary>
internal sealed class EpochSecondsConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number
            ? AWSSDKUtils.ConvertFromUnixDecimalEpochSeconds(reader.GetDecimal())
            : DateTime.Parse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(AWSSDKUtils.ConvertToUnixEpochSecondsDecimal(value));
}
