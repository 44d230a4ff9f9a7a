using Confluent.Kafka;
using KubeSentiment.Resilience;
using KubeSentiment.Streaming;

namespace KubeSentiment.Tests.Streaming;

/// <summary>A message for which Kafka takes nothing: it is found among the others, and does not hold them up.</summary>
public sealed class SentimentConsumerRefusalsTests
{
    private const int Messages = 20;

    [Fact]
    public void Commit_OneMessageIsRefused_WritesTheOthersOnceAndInOrderAndThenItsBareLetter()
    {
        using var bench = Bench();
        var bare = 0;
        bench.End = batch =>
        {
            if (batch.Live.SingleOrDefault(record => record.Consumed.Offset == 7) is not { } culprit)
            {
                return SendEnd.Committed;
            }

            bare += culprit.Refusals > 2 ? 1 : 0;
            return culprit.Refusals > 2 ? SendEnd.Committed : SendEnd.Refused;
        };

        Run(bench);

        bench.Written.SelectMany(batch => batch.Split(' ')).ShouldBe(Enumerable.Range(0, Messages).Select(offset => $"0:{offset}"));
        bare.ShouldBe(1);
        // The brokers are well: nobody else waits for them.
        bench.Breaker.State.ShouldBe(CircuitState.Closed);
        bench.OutputsOpened.ShouldBe(1);
    }

    [Fact]
    public void Commit_EverythingIsRefused_OpensTheBreaker()
    {
        using var bench = Bench();
        bench.End = _ => SendEnd.Refused;

        Run(bench);

        bench.Breaker.State.ShouldBe(CircuitState.Open);
        bench.Written.ShouldBeEmpty();
    }

    /// <summary>A consumer of a partition that can be read again.</summary>
    private static ConsumerBench Bench()
    {
        var bench = new ConsumerBench(options => (options.BatchSize, options.MaxRetries) = (8, 2)).Ready(0);
        var next = 0L;
        bench.Script.Script["Consume"] = _ => next < Messages ? Batches.Message(0, next++) : null;
        bench.Script.Script["Seek"] = arguments =>
        {
            next = ((TopicPartitionOffset)arguments[0]!).Offset.Value;
            return null;
        };
        return bench;
    }

    private static void Run(ConsumerBench bench)
    {
        for (var round = 0; round < 100 && bench.Breaker.State == CircuitState.Closed; round++)
        {
            if (bench.Consumer.Poll(TimeSpan.Zero) is { } batch)
            {
                bench.Consumer.Commit(batch);
            }
        }
    }
}
