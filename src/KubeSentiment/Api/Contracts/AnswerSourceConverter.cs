using System.Text.Json;
using System.Text.Json.Serialization;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Api.Contracts;

/// <summary>Writes <c>cached</c>: false where the model answered, else the level that did, "l1" or "l2".</summary>
internal sealed class AnswerSourceConverter : JsonConverter<AnswerSource>
{
    public override AnswerSource Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.False => AnswerSource.Model,
        JsonTokenType.String when reader.ValueTextEquals("l1"u8) => AnswerSource.L1,
        JsonTokenType.String when reader.ValueTextEquals("l2"u8) => AnswerSource.L2,
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, AnswerSource value, JsonSerializerOptions options) => PredictionJson.WriteSource(writer, value);
}
