using System.Text.Json;
using System.Text.Json.Serialization;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Api.Contracts;

/// <summary>Writes <see cref="PredictResponse"/> field by field, to the letter as the serializer would.</summary>
/// <remarks>Of what a remembered answer costs, the serializer's way over properties, their converters and the converters' resumable state was a tenth. Written by hand it is a quarter of that.</remarks>
internal sealed class PredictResponseConverter : JsonConverter<PredictResponse>
{
    private static readonly JsonEncodedText PredictionId = Name(nameof(PredictResponse.PredictionId));
    private static readonly JsonEncodedText InferenceTimeMs = Name(nameof(PredictResponse.InferenceTimeMs));
    private static readonly JsonEncodedText QueueTimeMs = Name(nameof(PredictResponse.QueueTimeMs));
    private static readonly JsonEncodedText ModelName = Name(nameof(PredictResponse.ModelName));
    private static readonly JsonEncodedText ModelVersion = Name(nameof(PredictResponse.ModelVersion));
    private static readonly JsonEncodedText Backend = Name(nameof(PredictResponse.Backend));
    private static readonly JsonEncodedText Stage = Name(nameof(PredictResponse.Stage));
    private static readonly JsonEncodedText Brownout = Name(nameof(PredictResponse.Brownout));
    private static readonly JsonEncodedText TextLength = Name(nameof(PredictResponse.TextLength));
    private static readonly JsonEncodedText Tokens = Name(nameof(PredictResponse.Tokens));
    private static readonly JsonEncodedText Truncated = Name(nameof(PredictResponse.Truncated));
    private static readonly JsonEncodedText Cached = Name(nameof(PredictResponse.Cached));
    private static readonly JsonEncodedText Anomalies = Name(nameof(PredictResponse.Anomalies));

    /// <summary>The service sends answers and reads none.</summary>
    public override PredictResponse Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, PredictResponse value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        PredictionJson.WriteScores(writer, value.Label, value.Score, value.Scores);
        writer.WriteString(PredictionId, value.PredictionId);
        writer.WriteNumber(InferenceTimeMs, value.InferenceTimeMs);
        writer.WriteNumber(QueueTimeMs, value.QueueTimeMs);
        writer.WriteString(ModelName, value.ModelName);
        writer.WriteString(ModelVersion, value.ModelVersion);
        writer.WriteString(Backend, value.Backend);
        writer.WriteString(Stage, value.Stage);
        if (value.Brownout is { } brownout)
        {
            writer.WriteBoolean(Brownout, brownout);
        }

        writer.WriteNumber(TextLength, value.TextLength);
        writer.WriteNumber(Tokens, value.Tokens);
        writer.WriteBoolean(Truncated, value.Truncated);
        writer.WritePropertyName(Cached);
        PredictionJson.WriteSource(writer, value.Cached);
        writer.WritePropertyName(Anomalies);
        JsonSerializer.Serialize(writer, value.Anomalies, ApiJson.Default.IReadOnlyListAnomalyAnswer);
        writer.WriteEndObject();
    }

    private static JsonEncodedText Name(string property) => JsonEncodedText.Encode(ApiJson.Default.Options.PropertyNamingPolicy!.ConvertName(property));
}
