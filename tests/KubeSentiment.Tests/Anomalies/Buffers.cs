using KubeSentiment.Anomalies;
using KubeSentiment.Tests.Inference;

namespace KubeSentiment.Tests.Anomalies;

/// <summary>Buffers and detectors without a service around them.</summary>
internal static class Buffers
{
    public static AnomalyBuffer Buffer(TimeProvider time, AnomalyOptions? options = null) =>
        new(options ?? new AnomalyOptions(), new AnomalyMetrics(Models.Meters()), time);

    public static AnomalyDetector Detector(AnomalyOptions? options = null) => new(options ?? new AnomalyOptions(), new AnomalyMetrics(Models.Meters()));

    /// <summary>A close call that follows from its number.</summary>
    public static OddPrediction Odd(int number, string? text = null, AnomalyType type = AnomalyType.LowConfidence, float score = 0.5f) =>
        new(IdOf(number), text ?? $"text {number}", "NEUTRAL", 0.4f, [new Anomaly(type, score)]) { Source = $"request/{number}" };

    public static Guid IdOf(int number) => new(number, 0, 0, new byte[8]);
}
