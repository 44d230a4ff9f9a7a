using KubeSentiment.Streaming;

namespace KubeSentiment.Tests.Streaming;

/// <summary>Batches, one after the other, from the topic to its results.</summary>
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
        // A message counts with what goes around it, some 260 bytes here.
        using var bench = new ConsumerBench(options => options.BatchBytes = 400).Ready(0);
        bench.Messages(0, 1, 2, 3);

        bench.Poll().Count.ShouldBe(2);
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
}
