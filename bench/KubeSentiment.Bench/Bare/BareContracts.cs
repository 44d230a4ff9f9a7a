using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeSentiment.Bench.Bare;

/// <summary>The request the bare endpoint reads; its own type, so that a change of the service's contract does not move the baseline unseen.</summary>
internal sealed record BareRequest(string? Text);

/// <summary>An answer with the fields of the service's predict answer.</summary>
internal sealed record BareAnswer(
    string Label,
    double Score,
    Dictionary<string, double> Scores,
    string PredictionId,
    double InferenceTimeMs,
    double QueueTimeMs,
    string ModelName,
    string ModelVersion,
    string Backend,
    string Stage,
    int TextLength,
    int Tokens,
    bool Truncated,
    string Cached,
    string[] Anomalies);

/// <summary>Source-generated JSON, as in the service.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BareRequest))]
[JsonSerializable(typeof(BareAnswer))]
internal sealed partial class BareJson : JsonSerializerContext;
