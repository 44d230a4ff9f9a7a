using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeSentiment.Api;

/// <summary>Reads texts so that a value of another type can be told from one that is not valid Unicode.</summary>
/// <remarks>The built-in converter throws the same exception for both, and only its English message differs.</remarks>
internal sealed class TextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
