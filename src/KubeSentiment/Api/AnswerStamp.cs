using KubeSentiment.Inference;

namespace KubeSentiment.Api;

/// <summary>What every answer of this process says of its origin.</summary>
internal sealed class AnswerStamp(SentimentModel model, TimeProvider time)
{
    public const string InferenceTimeHeader = "X-Inference-Time-MS";
    public const string BackendHeader = "X-Model-Backend";

    public string ModelName { get; } = model.Folder.Name;

    public string ModelVersion { get; } = model.Fingerprint;

    public string Backend { get; } = "onnx";

    /// <summary>A new name for an answer; sorts by time.</summary>
    public Guid NewId() => Guid.CreateVersion7(time.GetUtcNow());

    public void SetHeaders(HttpResponse response, TimeSpan inferenceTime)
    {
        response.Headers[InferenceTimeHeader] = Milliseconds(inferenceTime).ToString("0.###");
        response.Headers[BackendHeader] = Backend;
    }

    /// <summary>Microsecond steps: more digits would be noise.</summary>
    public static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
