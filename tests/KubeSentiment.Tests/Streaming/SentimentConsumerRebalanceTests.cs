using Confluent.Kafka;
using KubeSentiment.Streaming;

namespace KubeSentiment.Tests.Streaming;

/// <summary>Partitions that come and go while a batch is read, predicted or written.</summary>
public sealed class SentimentConsumerRebalanceTests
{
    [Fact]
    public void Revoked_Predicted_IsWrittenBeforeThePartitionsGo()
    {
        using var bench = new ConsumerBench().Ready(0, 1);
        bench.Messages(0, 5);
        bench.Messages(1, 20);
        bench.Nothing();
        var batch = bench.Poll();
        bench.Happens(() => bench.Revoke(0));

        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.Written.ShouldBe(["0:5 1:20"]);
        bench.Consumer.Commit(batch).ShouldBeTrue();
        bench.Written.Count.ShouldBe(1);
    }

    [Fact]
    public void Revoked_NotPredictedInTime_IsLeftToTheNextOwner()
    {
        using var bench = new ConsumerBench().Ready(0, 1);
        var prediction = bench.HoldPrediction();
        bench.Messages(0, 5);
        bench.Messages(1, 20);
        bench.Nothing();
        var batch = bench.Poll();
        bench.Happens(() => bench.Revoke(0));
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        prediction.SetResult();

        bench.Consumer.Commit(batch).ShouldBeTrue();

        // Cooperative: the partition that stays is finished.
        bench.Written.ShouldBe(["1:20"]);
    }

    /// <summary>Written ahead of the older batch, the later one would set the group's offset of the partition that stays past what is not written.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Revoked_OfALaterBatch_WritesNothingAheadOfAnOlderOne(bool olderIsPredicted)
    {
        using var bench = new ConsumerBench().Ready(0, 1);
        var prediction = bench.HoldPrediction();
        bench.Messages(1, 20);
        bench.Nothing();
        var older = bench.Poll();
        bench.Messages(1, 21);
        bench.Messages(0, 5);
        bench.Nothing();
        var later = bench.Poll();
        if (olderIsPredicted)
        {
            prediction.SetResult();
        }

        bench.Happens(() => bench.Revoke(0));
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Written.ShouldBe(olderIsPredicted ? ["1:20", "1:21 0:5"] : []);

        prediction.TrySetResult();
        bench.Consumer.Commit(older).ShouldBeTrue();
        bench.Consumer.Commit(later).ShouldBeTrue();

        bench.Written.ShouldBe(olderIsPredicted ? ["1:20", "1:21 0:5"] : ["1:20", "1:21"]);
    }

    [Fact]
    public void Revoked_WhileABatchIsRead_DropsItsMessagesOnly()
    {
        using var bench = new ConsumerBench().Ready(0, 1);
        bench.Messages(0, 5);
        bench.Messages(1, 20);
        bench.Polls.Enqueue(() =>
        {
            bench.Revoke(0);
            return Batches.Message(1, 21);
        });

        bench.Consumer.Commit(bench.Poll()).ShouldBeTrue();

        bench.Written.ShouldBe(["1:20 1:21"]);
    }

    [Fact]
    public void Revoked_WriteFails_IsReadAgainWhereItStays()
    {
        using var bench = new ConsumerBench().Ready(0, 1);
        bench.Messages(0, 5);
        bench.Messages(1, 20);
        bench.Nothing();
        var batch = bench.Poll();
        bench.Ends.Enqueue(SendEnd.Aborted);
        bench.Polls.Enqueue(() =>
        {
            bench.Revoke(0);
            return Batches.Message(1, 21);
        });
        bench.Committed[new TopicPartition("in", 1)] = 20;

        // The poll in which it happens must not take message 21, whose forerunner comes again.
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Consumer.Commit(batch).ShouldBeFalse();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.Seeks.ShouldBe([new("in", 1, 20)]);
        bench.Written.ShouldBeEmpty();
    }

    [Fact]
    public void Lost_Predicted_IsNotWritten()
    {
        using var bench = new ConsumerBench().Ready(0);
        bench.Messages(0, 5);
        bench.Nothing();
        var batch = bench.Poll();
        bench.Happens(() => bench.Lose(0));

        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.Consumer.Commit(batch).ShouldBeFalse();
        batch.State.ShouldBe(StreamBatchState.Dropped);
        bench.Written.ShouldBeEmpty();
        bench.Consumer.GetInfo().Partitions.ShouldBeEmpty();
    }

    [Fact]
    public void Revoked_WhilePaused_IsResumedWhenItComesBack()
    {
        using var bench = new ConsumerBench().Ready(0, 1);
        List<TopicPartition> resumed = [];
        bench.Script.Script["Resume"] = arguments =>
        {
            resumed.AddRange((IEnumerable<TopicPartition>)arguments[0]!);
            return null;
        };
        var prediction = bench.HoldPrediction();
        bench.Messages(0, 5);
        bench.Nothing();
        var batch = bench.Poll();
        bench.Nothing();
        bench.Happens(() => bench.Revoke(1));
        bench.Happens(prediction.SetResult);
        bench.Consumer.Commit(batch).ShouldBeTrue();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        resumed.ShouldBe([new("in", 0)]);

        // The library remembers its pause.
        bench.Happens(() => bench.Assign(1));
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        resumed.ShouldBe([new("in", 0), new("in", 1)]);
    }

    [Fact]
    public void Commit_PartitionComesWhileTheServiceIsIll_IsReadFromItsBeginningLater()
    {
        using var bench = new ConsumerBench().Ready(0);
        var prediction = bench.HoldPrediction();
        bench.Messages(0, 5);
        bench.Nothing();
        var batch = bench.Poll();
        bench.Polls.Enqueue(() =>
        {
            bench.Assign(1);
            return Batches.Message(1, 20);
        });
        bench.Happens(prediction.SetResult);

        bench.Consumer.Commit(batch).ShouldBeTrue();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.Seeks.ShouldBe([new("in", 1, 20)]);
    }
}
