using KubeSentiment.Api.Contracts;
using KubeSentiment.Streaming;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KubeSentiment.Api;

/// <summary>The consumers of this replica, looked at over HTTP.</summary>
internal static class KafkaEndpoints
{
    public static Results<Ok<KafkaConsumerAnswer>, ProblemResult> Consumer([FromServices] SentimentConsumers? consumers)
    {
        if (consumers is null)
        {
            return Off();
        }

        var info = consumers.GetInstanceInfo();
        return TypedResults.Ok(new KafkaConsumerAnswer(
            info.InstanceId,
            info.ConsumerGroup,
            info.Topic,
            info.Threads.Count,
            info.Lag,
            [.. info.Threads.Select(thread => new KafkaConsumerThread(
                thread.Thread,
                thread.State.Word(),
                Math.Round(thread.SinceLastPoll.TotalSeconds, 3),
                [.. thread.Partitions.Select(partition => new KafkaPartition(partition.Partition, partition.Position, partition.End, partition.Lag))]))]));
    }

    public static Results<Ok<KafkaMetricsAnswer>, ProblemResult> Metrics([FromServices] SentimentConsumers? consumers, [FromServices] StreamingMetrics? metrics)
    {
        if (consumers is null || metrics is null)
        {
            return Off();
        }

        var info = consumers.GetInstanceInfo();
        return TypedResults.Ok(new KafkaMetricsAnswer(
            info.Topic,
            metrics.TotalConsumed,
            metrics.TotalProcessed,
            metrics.TotalBuried,
            metrics.TotalCommitted,
            metrics.TotalAborted,
            Math.Round(metrics.PerSecond, 3),
            info.Lag,
            info.Threads.Sum(thread => thread.Partitions.Count)));
    }

    public static ProblemResult Off() => new(ApiError.KafkaOff, "Start the service with MLOPS_KAFKA_ENABLED=true.");
}
