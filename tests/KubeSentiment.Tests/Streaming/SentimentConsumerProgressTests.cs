using Confluent.Kafka;
using KubeSentiment.Streaming;

namespace KubeSentiment.Tests.Streaming;

/// <summary>What the consumer tells of its partitions, also while nothing moves.</summary>
public sealed class SentimentConsumerProgressTests
{
    [Fact]
    public void GetInfo_NothingReadYet_KnowsThePositionAllTheSame()
    {
        using var bench = new ConsumerBench().Ready(0, 1);
        bench.Committed[new TopicPartition("in", 0)] = 90;
        bench.Time.Advance(TimeSpan.FromSeconds(2));

        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.Consumer.GetInfo().Partitions.ShouldBe([new PartitionInfo(0, 90, 100, 10), new PartitionInfo(1, 3, 100, 97)]);
    }

    [Fact]
    public void GetInfo_ServiceIllForLong_LagGrows()
    {
        using var bench = new ConsumerBench().Ready(0);
        var prediction = bench.HoldPrediction();
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

    /// <summary>The group takes it as a member all the same, and nothing would ever show that it reads nothing.</summary>
    [Theory]
    [InlineData(ErrorCode.UnknownTopicOrPart)]
    [InlineData(ErrorCode.Local_UnknownTopic)]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    public void GetInfo_TopicIsMissing_IsRecoveringUntilPartitionsCome(ErrorCode code)
    {
        using var bench = new ConsumerBench();
        LoseTopic(bench, code);
        bench.Happens(() => bench.Assign());
        bench.Consumer.Poll(TimeSpan.Zero);
        bench.Consumer.Poll(TimeSpan.Zero);
        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Recovering);

        bench.Happens(() => bench.Assign(0));
        bench.Consumer.Poll(TimeSpan.Zero);
        bench.Consumer.Poll(TimeSpan.Zero);

        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Running);
    }

    /// <summary>More members than partitions: those without have none to tell them that the topic is there.</summary>
    [Fact]
    public void GetInfo_TopicIsMissing_IsRecoveringUntilItIsThereForOthers()
    {
        using var bench = new ConsumerBench();
        LoseTopic(bench, ErrorCode.UnknownTopicOrPart);
        var answer = bench.Script.Script["OffsetsForTimes"];
        bench.Script.Script["OffsetsForTimes"] = _ => throw new KafkaException(ErrorCode.UnknownTopicOrPart);
        PollFor(bench, seconds: 30);
        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Recovering);

        bench.Script.Script["OffsetsForTimes"] = answer;
        PollFor(bench, seconds: 12);

        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Running);
    }

    /// <summary>The brokers' own group protocol does not even say it once.</summary>
    [Fact]
    public void GetInfo_NobodySaysThatTheTopicIsMissing_IsLookedForByMembersWithoutPartitions()
    {
        using var bench = new ConsumerBench();
        bench.Script.Script["OffsetsForTimes"] = _ => throw new TopicPartitionOffsetException([new TopicPartitionOffsetError("in", 0, 0, new Error(ErrorCode.UnknownTopicOrPart))]);
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Time.Advance(TimeSpan.FromSeconds(11));

        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();

        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Recovering);
    }

    /// <summary>It polls and is told no lag: it showed as running, and healthy, and wrote the line every two seconds.</summary>
    [Theory]
    [InlineData(ErrorCode.InconsistentGroupProtocol, 833)]
    [InlineData(ErrorCode.GroupAuthorizationFailed, 834)]
    [InlineData(ErrorCode.InvalidSessionTimeout, 822)]
    public void GetInfo_GroupRefusesIt_IsRecoveringUntilItIsAMember(ErrorCode code, int eventId)
    {
        using var bench = new ConsumerBench();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        for (var second = 0; second < 20; second += 2)
        {
            Refuse(bench, code);
            bench.Consumer.Poll(TimeSpan.Zero);
            bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Recovering);
        }

        bench.Logs.Lines.Count(line => line.StartsWith($"consumer {eventId} ", StringComparison.Ordinal)).ShouldBe(1);

        bench.Happens(() => bench.Assign());
        bench.Consumer.Poll(TimeSpan.Zero);
        bench.Consumer.Poll(TimeSpan.Zero);

        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Running);
    }

    /// <summary>More members than partitions, by the brokers' own protocol: those without are not told that they are members, nor is a missing right told twice.</summary>
    [Fact]
    public void GetInfo_GroupRefusedIt_IsRecoveringUntilTheGroupAnswers()
    {
        using var bench = new ConsumerBench();
        var answer = bench.Script.Script["Committed"];
        bench.Script.Script["Committed"] = _ => throw new KafkaException(ErrorCode.GroupAuthorizationFailed);
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        Refuse(bench, ErrorCode.GroupAuthorizationFailed);
        PollFor(bench, seconds: 60);
        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Recovering);

        bench.Script.Script["Committed"] = answer;
        PollFor(bench, seconds: 12);

        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Running);
    }

    /// <summary>Who has partitions is a member.</summary>
    [Fact]
    public void GetInfo_ReadingFailsOnce_IsRunning()
    {
        using var bench = new ConsumerBench().Ready(0);

        Refuse(bench, ErrorCode.Local_Fail);
        bench.Consumer.Poll(TimeSpan.Zero);

        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Running);
    }

    [Fact]
    public void GetInfo_OffsetsAreNotTold_IsRecoveringUntilTheyAre()
    {
        using var bench = new ConsumerBench().Ready(0);
        var tell = bench.Script.Script["Committed"];
        bench.Script.Script["Committed"] = _ => throw new KafkaException(ErrorCode.Local_TimedOut);
        for (var second = 0; second < 20; second += 2)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(2));
            bench.Consumer.Poll(TimeSpan.Zero);
            bench.Consumer.GetInfo().State.ShouldBe(second < 16 ? ConsumerState.Running : ConsumerState.Recovering);
        }

        bench.Script.Script["Committed"] = tell;
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        bench.Consumer.Poll(TimeSpan.Zero);
        bench.Consumer.Poll(TimeSpan.Zero);

        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Running);
    }

    private static void PollFor(ConsumerBench bench, int seconds)
    {
        for (var second = 0; second < seconds; second += 2)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(2));
            bench.Consumer.Poll(TimeSpan.Zero);
        }

        bench.Consumer.Poll(TimeSpan.Zero);
    }

    private static void Refuse(ConsumerBench bench, ErrorCode code)
    {
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        bench.Polls.Enqueue(() => throw new ConsumeException(new ConsumeResult<byte[], byte[]>(), new Error(code)));
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
    }

    private static void LoseTopic(ConsumerBench bench, ErrorCode code)
    {
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Polls.Enqueue(() => throw new ConsumeException(new ConsumeResult<byte[], byte[]>(), new Error(code)));
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Recovering);
    }
}
