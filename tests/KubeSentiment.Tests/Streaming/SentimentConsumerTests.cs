using Confluent.Kafka;
using KubeSentiment.Resilience;
using KubeSentiment.Streaming;

namespace KubeSentiment.Tests.Streaming;

/// <summary>Batches, rebalances and failures, each against a broker that does exactly that.</summary>
public sealed class SentimentConsumerTests
{
    [Fact]
    public void PollAndCommit_Overlapping_WritesInOrder()
    {
        using var bench = new ConsumerBench(options => options.BatchSize = 2).Ready(0);
        bench.Messages(0, 5, 6, 7);

        var first = bench.Poll();
        var second = bench.Poll();
        bench.Consumer.Commit(first).ShouldBeTrue();
        bench.Consumer.Commit(second).ShouldBeTrue();

        bench.Written.ShouldBe(["0:5 0:6", "0:7"]);
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Consumer.GetInfo().Partitions.ShouldBe([new PartitionInfo(0, 8, 100, 92)]);
    }

    [Fact]
    public void Commit_OutOfOrder_Throws()
    {
        using var bench = new ConsumerBench(options => options.BatchSize = 1).Ready(0);
        bench.Messages(0, 5, 6);
        bench.Poll();
        var second = bench.Poll();

        Should.Throw<InvalidOperationException>(() => bench.Consumer.Commit(second));
    }

    [Fact]
    public void Poll_LargeMessages_EndsTheBatchByBytes()
    {
        using var bench = new ConsumerBench(options => options.BatchBytes = 8).Ready(0);
        bench.Messages(0, 1, 2, 3);

        bench.Poll().Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("Aborted")]
    [InlineData("Failed")]
    public void Commit_NotWritten_DropsAllAndGoesBackToTheGroupsOffsets(string end)
    {
        using var bench = new ConsumerBench(options => options.BatchSize = 2).Ready(0, 1);
        bench.Messages(0, 5, 6);
        bench.Messages(1, 20, 21);
        var (first, second) = (bench.Poll(), bench.Poll());
        bench.Ends.Enqueue(Enum.Parse<SendEnd>(end));
        bench.Committed[new TopicPartition("in", 0)] = 5;

        bench.Consumer.Commit(first).ShouldBeFalse();
        bench.Consumer.Commit(second).ShouldBeFalse();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        // The group has no offset for partition 1 yet: reading begins with the first message that is not processed.
        bench.Seeks.ShouldBe([new("in", 0, 5), new("in", 1, 20)], ignoreOrder: true);
        bench.OutputsOpened.ShouldBe(1);
        bench.Messages(0, 5);
        bench.Consumer.Commit(bench.Poll()).ShouldBeTrue();
        bench.Written.ShouldBe(["0:5"]);
    }

    [Fact]
    public void Commit_BrokenButCommitted_DoesNotWriteAgain()
    {
        using var bench = new ConsumerBench().Ready(0);
        bench.Messages(0, 5, 6);
        bench.Ends.Enqueue(SendEnd.Broken);

        bench.Consumer.Commit(bench.Poll()).ShouldBeFalse();
        // The commit had gone through; only the answer was lost.
        bench.Committed[new TopicPartition("in", 0)] = 7;
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.OutputsOpened.ShouldBe(2);
        bench.Settled.Count.ShouldBe(1);
        bench.Seeks.ShouldBe([new("in", 0, 7)]);
    }

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
        var prediction = new TaskCompletionSource();
        bench.Predict = batch =>
        {
            Batches.Answer(batch);
            return prediction.Task;
        };
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
    public void Commit_ServiceIll_PausesAndPollsUntilItIsWell()
    {
        using var bench = new ConsumerBench().Ready(0);
        var prediction = new TaskCompletionSource();
        bench.Predict = batch =>
        {
            Batches.Answer(batch);
            return prediction.Task;
        };
        bench.Messages(0, 5);
        bench.Nothing();
        var batch = bench.Poll();
        var states = new List<ConsumerState>();
        for (var poll = 0; poll < 3; poll++)
        {
            bench.Happens(() => states.Add(bench.Consumer.GetInfo().State));
        }

        bench.Happens(prediction.SetResult);

        bench.Consumer.Commit(batch).ShouldBeTrue();

        states.ShouldAllBe(state => state == ConsumerState.Waiting);
        bench.Script.Calls.Count(call => call == "Pause").ShouldBe(1);
        bench.Written.ShouldBe(["0:5"]);
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Script.Calls.ShouldContain("Resume");
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
        var prediction = new TaskCompletionSource();
        bench.Predict = batch =>
        {
            Batches.Answer(batch);
            return prediction.Task;
        };
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
        var prediction = new TaskCompletionSource();
        bench.Predict = batch =>
        {
            Batches.Answer(batch);
            return prediction.Task;
        };
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

    [Fact]
    public void Commit_PredictionThrows_ReadsAgain()
    {
        using var bench = new ConsumerBench().Ready(0);
        bench.Predict = _ => Task.FromException(new InvalidOperationException("a bug"));
        bench.Messages(0, 5);

        bench.Consumer.Commit(bench.Poll()).ShouldBeFalse();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.Seeks.ShouldBe([new("in", 0, 5)]);
    }

    [Fact]
    public void Commit_BreakerOpen_WaitsForIt()
    {
        using var bench = new ConsumerBench().Ready(0);
        for (var failure = 0; failure < 3; failure++)
        {
            bench.Breaker.TryEnter(out var call).ShouldBeTrue();
            call.Failed();
        }

        bench.Messages(0, 5);
        bench.Nothing();
        var batch = bench.Poll();
        bench.Happens(() => bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Recovering));
        bench.Happens(() => bench.Time.Advance(TimeSpan.FromSeconds(61)));

        bench.Consumer.Commit(batch).ShouldBeTrue();

        bench.Breaker.State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public void Poll_BrokersAway_TriesAgainWithBackoff()
    {
        using var bench = new ConsumerBench();
        var away = 2;
        bench.Open = () => away-- > 0 ? throw new KafkaException(ErrorCode.Local_TimedOut) : null!;

        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.OutputsOpened.ShouldBe(1);
        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Starting);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.OutputsOpened.ShouldBe(2);
    }

    [Fact]
    public void Poll_ConsumerFenced_IsOpenedAnew()
    {
        using var bench = new ConsumerBench().Ready(0);
        bench.Messages(0, 5);
        bench.Polls.Enqueue(() => throw new ConsumeException(new ConsumeResult<byte[], byte[]>(), new Error(ErrorCode.FencedInstanceId, "fenced", isFatal: true)));

        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.ConsumersOpened.ShouldBe(2);
        bench.Consumer.GetInfo().Partitions.ShouldBeEmpty();
        bench.Written.ShouldBeEmpty();
    }

    [Fact]
    public void Dispose_WithAPredictedBatch_WritesItAndLeaves()
    {
        using var bench = new ConsumerBench().Ready(0);
        bench.Messages(0, 5);
        bench.Poll();

        bench.Consumer.Dispose();

        bench.Written.ShouldBe(["0:5"]);
        bench.Script.Calls.ShouldContain("Close");
        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Stopped);
    }

    [Theory]
    [InlineData("Latest", 200)]
    [InlineData("Earliest", 3)]
    public void GetInfo_NothingReadYet_KnowsThePositionAllTheSame(string reset, long position)
    {
        using var bench = new ConsumerBench(options => options.AutoOffsetReset = Enum.Parse<OffsetReset>(reset)).Ready(0, 1);
        bench.Committed[new TopicPartition("in", 0)] = 90;
        bench.Time.Advance(TimeSpan.FromSeconds(2));

        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.Consumer.GetInfo().Partitions.ShouldBe([new PartitionInfo(0, 90, 100, 10), new PartitionInfo(1, position, 100, Math.Max(0, 100 - position))]);
    }

    [Fact]
    public void GetInfo_ServiceIllForLong_LagGrows()
    {
        using var bench = new ConsumerBench().Ready(0);
        var prediction = new TaskCompletionSource();
        bench.Predict = batch =>
        {
            Batches.Answer(batch);
            return prediction.Task;
        };
        bench.Messages(0, 5);
        bench.Nothing();
        var batch = bench.Poll();
        bench.Happens(() => bench.Time.Advance(TimeSpan.FromSeconds(11)));
        bench.Nothing();
        bench.Happens(() => bench.Consumer.GetInfo().Partitions.ShouldBe([new PartitionInfo(0, 5, 200, 195)]));
        bench.Happens(prediction.SetResult);

        bench.Consumer.Commit(batch).ShouldBeTrue();
        bench.Polls.ShouldBeEmpty();
    }

    [Fact]
    public void GetInfo_LoopStandsStill_ShowsSinceWhen()
    {
        using var bench = new ConsumerBench().Ready(0);

        bench.Time.Advance(TimeSpan.FromSeconds(90));

        bench.Consumer.GetInfo().SinceLastPoll.ShouldBe(TimeSpan.FromSeconds(90));
        bench.Consumer.Poll(TimeSpan.Zero);
        bench.Consumer.GetInfo().SinceLastPoll.ShouldBe(TimeSpan.Zero);
    }
}
