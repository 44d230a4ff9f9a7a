using System.Text.Json.Serialization;

namespace KubeSentiment.Api.Contracts;

/// <summary>How requests and answers are read and written; generated at build, so that no request waits for reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(PredictRequest))]
[JsonSerializable(typeof(PredictResponse))]
[JsonSerializable(typeof(PredictBatchRequest))]
[JsonSerializable(typeof(PredictBatchResponse))]
[JsonSerializable(typeof(FeaturesRequest))]
[JsonSerializable(typeof(FeaturesResponse))]
[JsonSerializable(typeof(ServiceInfo))]
[JsonSerializable(typeof(HealthStatus))]
[JsonSerializable(typeof(HealthDetails))]
[JsonSerializable(typeof(ModelInfo))]
[JsonSerializable(typeof(AnomaliesAnswer))]
[JsonSerializable(typeof(OddPredictionAnswer))]
[JsonSerializable(typeof(AnomalyStats))]
[JsonSerializable(typeof(ClearAnomaliesResponse))]
[JsonSerializable(typeof(CacheStats))]
[JsonSerializable(typeof(CacheHealthAnswer))]
[JsonSerializable(typeof(WarmCacheRequest))]
[JsonSerializable(typeof(WarmCacheResponse))]
[JsonSerializable(typeof(ClearCacheResponse))]
[JsonSerializable(typeof(LoadAnswer))]
[JsonSerializable(typeof(HpaAnswer))]
[JsonSerializable(typeof(BreakersAnswer))]
[JsonSerializable(typeof(BreakerAnswer))]
[JsonSerializable(typeof(KafkaConsumerAnswer))]
[JsonSerializable(typeof(KafkaMetricsAnswer))]
[JsonSerializable(typeof(FeedbackRequest))]
[JsonSerializable(typeof(FeedbackResponse))]
[JsonSerializable(typeof(FeedbackMessage))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(JobResultsAnswer))]
[JsonSerializable(typeof(JobMetricsAnswer))]
[JsonSerializable(typeof(JobQueueAnswer))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ApiJson : JsonSerializerContext;
