using Confluent.Kafka;
using KubeSentiment.Resilience;
using KubeSentiment.Streaming;

namespace KubeSentiment.Tests.Streaming;

/// <summary>Failures of the broker, of a prediction and of the whole service: what is read again, and what is waited for.</summary>
public sealed class SentimentConsumerRecoveryTests
{
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
        bench.Settled.ShouldBe(["0:5"]);
        bench.Seeks.ShouldBe([new("in", 0, 7)]);
    }

    [Fact]
    public void Poll_BrokersWereLost_SettlesWhatWasCommittedLastAndReadsItAgain()
    {
        using var bench = new ConsumerBench().Ready(0, 1);
        bench.Messages(0, 5);
        bench.Consumer.Commit(bench.Poll()).ShouldBeTrue();
        bench.Messages(1, 20);
        bench.Messages(0, 6);
        bench.Consumer.Commit(bench.Poll()).ShouldBeTrue();
        bench.Messages(0, 7);
        bench.Nothing();
        var inHand = bench.Poll();
        // The last commit was answered and then came undone: the group stands before it again.
        bench.IsInDoubt = true;
        bench.Committed[new TopicPartition("in", 0)] = 6;

        bench.Consumer.Commit(inHand).ShouldBeFalse();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.OutputsOpened.ShouldBe(2);
        // The first batch is not among them: no transaction begins before the last one is over.
        bench.Settled.ShouldBe(["1:20 0:6"]);
        bench.Seeks.ShouldBe([new("in", 0, 6), new("in", 1, 20)], ignoreOrder: true);
    }

    [Fact]
    public void Poll_BrokersWereLostBeforeAnythingWasWritten_TakesANewOutput()
    {
        using var bench = new ConsumerBench().Ready(0);
        bench.IsInDoubt = true;

        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Messages(0, 5);
        bench.Consumer.Commit(bench.Poll()).ShouldBeTrue();

        bench.OutputsOpened.ShouldBe(2);
        bench.Settled.ShouldBeEmpty();
    }

    [Fact]
    public void Poll_SettlingFails_IsTriedAgainByANewOutput()
    {
        using var bench = new ConsumerBench().Ready(0);
        bench.Messages(0, 5);
        bench.Ends.Enqueue(SendEnd.Broken);
        var failures = 1;
        bench.WhenSettled = () => _ = failures-- > 0 ? throw new KafkaException(ErrorCode.Local_TimedOut) : 0;

        bench.Consumer.Commit(bench.Poll()).ShouldBeFalse();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Settled.ShouldBeEmpty();
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.OutputsOpened.ShouldBe(3);
        bench.Settled.ShouldBe(["0:5"]);
    }

    [Fact]
    public void Poll_BrokersAreAwayForAnHour_IsToldOnceAMinute()
    {
        using var bench = new ConsumerBench();
        bench.Open = () => throw new KafkaException(ErrorCode.Local_TimedOut);

        for (var attempt = 0; attempt < 600; attempt++)
        {
            bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
            bench.Time.Advance(TimeSpan.FromSeconds(6));
        }

        bench.OutputsOpened.ShouldBe(600);
        bench.Logs.Lines.Count(line => line.Contains(" 820 ", StringComparison.Ordinal)).ShouldBeInRange(50, 61);
    }

    [Fact]
    public void Lost_BeforeSettling_LeavesThePartitionToItsNextOwner()
    {
        using var bench = new ConsumerBench().Ready(0, 1);
        bench.Messages(0, 5);
        bench.Messages(1, 20);
        bench.Consumer.Commit(bench.Poll()).ShouldBeTrue();
        bench.Happens(() => bench.Lose(0));
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.IsInDoubt = true;

        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        // What was written of it is settled all the same: its next owner waits for that.
        bench.Settled.ShouldBe(["0:5 1:20"]);
        bench.Seeks.ShouldBe([new("in", 1, 20)]);
    }

    [Fact]
    public void Dispose_InDoubt_SettlesBeforeItLeaves()
    {
        using var bench = new ConsumerBench().Ready(0);
        bench.Messages(0, 5);
        bench.Consumer.Commit(bench.Poll()).ShouldBeTrue();
        bench.IsInDoubt = true;
        bench.WhenSettled = () => bench.Script.Calls.ShouldNotContain("Close");

        bench.Consumer.Dispose();

        bench.Settled.ShouldBe(["0:5"]);
        bench.Script.Calls.ShouldContain("Close");
    }

    [Fact]
    public void Commit_ServiceIll_PausesAndPollsUntilItIsWell()
    {
        using var bench = new ConsumerBench().Ready(0);
        var prediction = bench.HoldPrediction();
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
}
