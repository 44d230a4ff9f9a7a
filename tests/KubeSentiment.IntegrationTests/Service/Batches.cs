using System.Text.Json;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>Batches that keep the model busy.</summary>
internal static class Batches
{
    public const string Path = "/api/v1/predict/batch";

    /// <summary>Different texts of about so many words each.</summary>
    public static string Of(int texts, int words) => JsonSerializer.Serialize(
        new { texts = Enumerable.Range(0, texts).Select(i => $"{i} {string.Join(' ', Enumerable.Repeat("good", words))}") });

    /// <summary>Waits until texts stand in the queue.</summary>
    public static Task UntilWaitingAsync(ServiceProcess service) => Poll.UntilAsync(
        async () =>
        {
            var metrics = await service.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
            return metrics.Split('\n').Any(line => line.StartsWith("sentiment_queue_texts", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal));
        },
        TimeSpan.FromSeconds(10));

    /// <summary>Waits until one fills a gate that holds one text.</summary>
    public static Task UntilInHandAsync(ServiceProcess service) => Poll.UntilAsync(
        async () => (await service.Client.GetStringAsync("/api/v1/load", TestContext.Current.CancellationToken)).Contains("\"active_requests\":1,", StringComparison.Ordinal),
        TimeSpan.FromSeconds(10));
}
