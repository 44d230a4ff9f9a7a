namespace KubeSentiment.Caching;

/// <summary>Whether the cache works.</summary>
/// <param name="Healthy">False when Redis is on and does not answer. The service then still answers, only slower.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="Latency">How long Redis took to answer; null when it did not, or is off.</param>
public sealed record CacheHealth(bool Healthy, string Message, TimeSpan? Latency);
