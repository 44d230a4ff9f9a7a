using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using KubeSentiment.Inference;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Streaming.Messages;

/// <summary>Writes results: UTF-8 JSON with id, source, prediction, model and times.</summary>
/// <remarks>By hand and not by a serializer: at a high rate of hits the result is what a message costs, and metadata goes along as bytes. Not safe for many threads.</remarks>
internal sealed class ResultWriter : IDisposable
{
    // Results are read by programs, not shown in web pages.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Source = JsonEncodedText.Encode("source");
    private static readonly JsonEncodedText Topic = JsonEncodedText.Encode("topic");
    private static readonly JsonEncodedText Partition = JsonEncodedText.Encode("partition");
    private static readonly JsonEncodedText Offset = JsonEncodedText.Encode("offset");
    private static readonly JsonEncodedText ModelName = JsonEncodedText.Encode("model_name");
    private static readonly JsonEncodedText ModelVersion = JsonEncodedText.Encode("model_version");
    private static readonly JsonEncodedText Stage = JsonEncodedText.Encode("stage");
    private static readonly JsonEncodedText Tokens = JsonEncodedText.Encode("tokens");
    private static readonly JsonEncodedText Truncated = JsonEncodedText.Encode("truncated");
    private static readonly JsonEncodedText Cached = JsonEncodedText.Encode("cached");
    private static readonly JsonEncodedText ReceivedAt = JsonEncodedText.Encode("received_at");
    private static readonly JsonEncodedText ProcessedAt = JsonEncodedText.Encode("processed_at");
    private static readonly JsonEncodedText InferenceTime = JsonEncodedText.Encode("inference_time_ms");
    private static readonly JsonEncodedText QueueTime = JsonEncodedText.Encode("queue_time_ms");
    private static readonly JsonEncodedText Metadata = JsonEncodedText.Encode("metadata");

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly Utf8JsonWriter _json;
    private readonly JsonEncodedText _modelName;
    private readonly JsonEncodedText _modelVersion;

    /// <summary>A writer for the results of one model.</summary>
    /// <param name="modelName">The model that answers.</param>
    /// <param name="modelVersion">Its fingerprint.</param>
    public ResultWriter(string modelName, string modelVersion)
    {
        _json = new Utf8JsonWriter(_buffer, Options);
        _modelName = JsonEncodedText.Encode(modelName);
        _modelVersion = JsonEncodedText.Encode(modelVersion);
    }

    /// <summary>One result.</summary>
    /// <param name="source">Where the message stood.</param>
    /// <param name="request">What it asked.</param>
    /// <param name="prediction">The answer.</param>
    /// <param name="receivedAt">The message's own time, in UTC; null where it has none that a calendar knows.</param>
    /// <param name="processedAt">Now, in UTC.</param>
    public byte[] Write(SourcePosition source, in RequestMessage request, Prediction prediction, DateTime? receivedAt, DateTime processedAt)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        if (request.Id is { } id)
        {
            _json.WriteString(Id, id);
        }
        else
        {
            // Without a name of the sender's the message's place is its name: a replay writes the same.
            _json.WriteString(Id, source.ToString());
        }

        _json.WriteStartObject(Source);
        _json.WriteString(Topic, source.Topic);
        _json.WriteNumber(Partition, source.Partition);
        _json.WriteNumber(Offset, source.Offset);
        _json.WriteEndObject();
        WritePrediction(prediction);
        if (receivedAt is { } received)
        {
            _json.WriteString(ReceivedAt, received);
        }
        else
        {
            _json.WriteNull(ReceivedAt);
        }

        _json.WriteString(ProcessedAt, processedAt);
        if (!request.Metadata.IsEmpty)
        {
            _json.WritePropertyName(Metadata);
            _json.WriteRawValue(request.Metadata.Span, skipInputValidation: true);
        }

        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    public void Dispose() => _json.Dispose();

    private void WritePrediction(Prediction prediction)
    {
        PredictionJson.WriteScores(_json, prediction.Label, prediction.Score, prediction.Scores);
        _json.WriteString(ModelName, _modelName);
        _json.WriteString(ModelVersion, _modelVersion);
        _json.WriteString(Stage, prediction.Origin.Stage.Word());
        _json.WriteNumber(Tokens, prediction.Origin.Tokens);
        _json.WriteBoolean(Truncated, prediction.Origin.Truncated);
        _json.WritePropertyName(Cached);
        PredictionJson.WriteSource(_json, prediction.Origin.Source);
        _json.WriteNumber(InferenceTime, Milliseconds(prediction.Origin.InferenceTime));
        _json.WriteNumber(QueueTime, Milliseconds(prediction.Origin.QueueTime));
    }

    // Microsecond steps, as in the HTTP interface.
    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
