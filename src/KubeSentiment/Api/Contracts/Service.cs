namespace KubeSentiment.Api.Contracts;

/// <summary>What answers here.</summary>
internal sealed record ServiceInfo(string Service, string Version, string Environment, string Status, string DocsUrl, string HealthUrl);

/// <summary>The state of the replica, in one word.</summary>
internal sealed record HealthStatus(string Status);

/// <summary>The state of the replica and of each part.</summary>
internal sealed record HealthDetails(
    string Status, string Version, string Environment, double UptimeSeconds, IReadOnlyDictionary<string, ComponentHealth> Components);

/// <summary>The state of one part.</summary>
internal sealed record ComponentHealth(string Status, string? Message, double DurationMs);

/// <summary>The model that answers.</summary>
/// <param name="ModelName">Its name.</param>
/// <param name="ModelVersion">Its fingerprint: a hash of its files.</param>
/// <param name="ModelType">Its Hugging Face architecture.</param>
/// <param name="Backend">What runs it.</param>
/// <param name="Labels">Its labels, in the order of its logits.</param>
/// <param name="MaxTokens">Longest input; longer texts are truncated.</param>
/// <param name="EmbeddingSize">Length of its sentence vectors; left out where it gives none.</param>
/// <param name="Cascade">How a fast and a full graph share the texts; left out where the full one answers all.</param>
/// <param name="Status">starting, ready or draining.</param>
internal sealed record ModelInfo(
    string ModelName,
    string ModelVersion,
    string ModelType,
    string Backend,
    IReadOnlyList<string> Labels,
    int MaxTokens,
    int? EmbeddingSize,
    CascadeInfo? Cascade,
    string Status);

/// <summary>How a fast and a full graph share the texts.</summary>
/// <param name="Threshold">Top score from which the fast graph's answer is kept.</param>
/// <param name="Floor">How far the threshold may fall under overload; left out where it stays.</param>
/// <param name="MaxTokens">Longest text that the fast graph may answer; left out where there is no limit.</param>
internal sealed record CascadeInfo(float Threshold, float? Floor, int? MaxTokens);
