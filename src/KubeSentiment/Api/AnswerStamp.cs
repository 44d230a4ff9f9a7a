using KubeSentiment.Inference;

namespace KubeSentiment.Api;

/// <summary>What every answer of this process says of its origin.</summary>
internal sealed class AnswerStamp(SentimentModel model)
{
    public const string InferenceTimeHeader = "X-Inference-Time-MS";
    public const string BackendHeader = "X-Model-Backend";

    public string ModelName { get; } = model.Folder.Name;

    public string ModelVersion { get; } = model.Fingerprint;

    public string Backend { get; } = "onnx";

    public void SetHeaders(HttpResponse response, TimeSpan inferenceTime)
    {
        response.Headers[InferenceTimeHeader] = inferenceTime == TimeSpan.Zero ? "0" : Milliseconds(inferenceTime).ToString("0.###");
        response.Headers[BackendHeader] = Backend;
    }

    /// <summary>Microsecond steps: more digits would be noise.</summary>
    public static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
