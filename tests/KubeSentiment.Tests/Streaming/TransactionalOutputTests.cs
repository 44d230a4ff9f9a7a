using Confluent.Kafka;
using KubeSentiment.Streaming;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Streaming;

/// <summary>The order of calls in a transaction, and what each kind of error leads to.</summary>
public sealed class TransactionalOutputTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly Scripted _script;
    private readonly IConsumer<byte[]?, byte[]?> _consumer = Scripted.Make<IConsumer<byte[]?, byte[]?>>().Client;
    private readonly ProducerErrors _errors = new();
    private readonly TransactionalOutput _output;

    public TransactionalOutputTests()
    {
        (_producer, _script) = Scripted.Make<IProducer<byte[]?, byte[]?>>();
        _output = Open(Limit);
    }

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Send_Batch_IsOneTransaction()
    {
        List<(TopicPartition To, byte[]? Value)> written = [];
        _script.Script["Produce"] = arguments =>
        {
            written.Add(((TopicPartition)arguments[0]!, ((Message<byte[]?, byte[]?>)arguments[1]!).Value));
            return null;
        };
        IEnumerable<TopicPartitionOffset>? offsets = null;
        _script.Script["SendOffsetsToTransaction"] = arguments =>
        {
            offsets = (IEnumerable<TopicPartitionOffset>)arguments[0]!;
            return null;
        };
        var batch = Batches.Of((0, 10), (3, 7), (0, 11), (3, 8));
        batch.Records[3].Outgoing = new OutgoingMessage(new Message<byte[]?, byte[]?> { Value = [9] }, IsDeadLetter: true);
        batch.Records[2].Outgoing = null;

        _output.Send(batch, _consumer).ShouldBe(SendEnd.Committed);

        _script.Calls.ShouldBe(["BeginTransaction", "Produce", "Produce", "Produce", "SendOffsetsToTransaction", "CommitTransaction"]);
        written.Select(message => message.To).ShouldBe([new("out", 0), new("out", 1), new("dead", 0)]);
        // The message without an outgoing one is read all the same.
        offsets!.ShouldBe([new("in", 0, 12), new("in", 3, 9)], ignoreOrder: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("another")]
    public void Send_ReaderIsNoMemberAnyMore_WritesNothing(string nameNow)
    {
        var (consumer, script) = Scripted.Make<IConsumer<byte[]?, byte[]?>>();
        script.Script["get_MemberId"] = _ => nameNow;
        var batch = Batches.Of((0, 10));
        batch.Member = "one";

        _output.Send(batch, consumer).ShouldBe(SendEnd.Aborted);

        _script.Calls.ShouldBeEmpty();
        // The other way round, the name could be lost between the two.
        script.Calls.ShouldBe(["get_ConsumerGroupMetadata", "get_MemberId"]);
    }

    [Fact]
    public void Send_DroppedPartition_IsLeftOut()
    {
        IEnumerable<TopicPartitionOffset>? offsets = null;
        _script.Script["SendOffsetsToTransaction"] = arguments =>
        {
            offsets = (IEnumerable<TopicPartitionOffset>)arguments[0]!;
            return null;
        };
        var batch = Batches.Of((0, 10), (3, 7));
        batch.Drop(new TopicPartition("in", 0));

        _output.Send(batch, _consumer).ShouldBe(SendEnd.Committed);

        _script.Calls.Count(call => call == "Produce").ShouldBe(1);
        offsets!.ShouldHaveSingleItem().ShouldBe(new("in", 3, 8));
    }

    [Theory]
    [InlineData(ErrorCode.IllegalGeneration, "Aborted")]
    [InlineData(ErrorCode.StaleMemberEpoch, "Aborted")]
    [InlineData(ErrorCode.Local_MsgTimedOut, "Failed")]
    [InlineData(ErrorCode.InvalidTimestamp, "Refused")]
    [InlineData(ErrorCode.MsgSizeTooLarge, "Refused")]
    public void Send_AbortAskedFor_Aborts(ErrorCode code, string end)
    {
        _script.Script["CommitTransaction"] = _ => throw new KafkaTxnRequiresAbortException(new Error(code));

        Send().ToString().ShouldBe(end);

        _script.Calls[^1].ShouldBe("AbortTransaction");
    }

    [Fact]
    public void Send_Fatal_IsBrokenWithoutAnAbort()
    {
        _script.Script["SendOffsetsToTransaction"] = _ => throw new KafkaException(new Error(ErrorCode.ProducerFenced, "fenced", isFatal: true));

        Send().ShouldBe(SendEnd.Broken);

        _script.Calls.ShouldNotContain("AbortTransaction");
        _script.Calls.ShouldNotContain("CommitTransaction");
    }

    [Fact]
    public void Send_LibraryDoesNotTakeAMessage_IsRefusedAndAborts()
    {
        _script.Script["Produce"] = _ => throw new InvalidOperationException("not a time to write");

        Send().ShouldBe(SendEnd.Refused);

        _script.Calls.ShouldBe(["BeginTransaction", "Produce", "AbortTransaction"]);
    }

    [Fact]
    public void Send_FailsInAnUnforeseenWay_IsBroken()
    {
        _script.Script["SendOffsetsToTransaction"] = _ => throw new InvalidOperationException("a bug");

        Send().ShouldBe(SendEnd.Broken);

        _script.Calls.ShouldNotContain("CommitTransaction");
    }

    [Fact]
    public void Send_Retriable_IsRepeated()
    {
        var failures = 2;
        _script.Script["CommitTransaction"] = _ => failures-- > 0 ? throw new KafkaRetriableException(new Error(ErrorCode.Local_TimedOut)) : null;

        Send().ShouldBe(SendEnd.Committed);

        _script.Calls.Count(call => call == "CommitTransaction").ShouldBe(3);
    }

    [Fact]
    public void Send_BrokerAwayForTooLong_IsBroken()
    {
        _script.Script["SendOffsetsToTransaction"] = _ =>
        {
            _time.Advance(Limit / 2);
            throw new KafkaRetriableException(new Error(ErrorCode.Local_TimedOut));
        };

        Send().ShouldBe(SendEnd.Broken);

        _script.Calls.Count(call => call == "SendOffsetsToTransaction").ShouldBe(2);
        _script.Calls.ShouldNotContain("AbortTransaction");
    }

    [Fact]
    public void Send_AbortFails_IsBroken()
    {
        _script.Script["CommitTransaction"] = _ => throw new KafkaTxnRequiresAbortException(new Error(ErrorCode.Local_MsgTimedOut));
        _script.Script["AbortTransaction"] = _ =>
        {
            _time.Advance(Limit);
            throw new KafkaRetriableException(new Error(ErrorCode.Local_TimedOut));
        };

        Send().ShouldBe(SendEnd.Broken);
    }

    [Fact]
    public void Send_QueueFull_WaitsForRoom()
    {
        var full = 1;
        _script.Script["Produce"] = _ => full-- > 0
            ? throw new ProduceException<byte[]?, byte[]?>(new Error(ErrorCode.Local_QueueFull), new DeliveryResult<byte[]?, byte[]?>())
            : null;

        Send().ShouldBe(SendEnd.Committed);

        _script.Calls.ShouldBe(["BeginTransaction", "Produce", "Poll", "Produce", "SendOffsetsToTransaction", "CommitTransaction"]);
    }

    [Fact]
    public void Send_BrokersWereLostInTheMeantime_AbortsInsteadOfCommitting()
    {
        _script.Script["SendOffsetsToTransaction"] = _ =>
        {
            _errors.Note(new Error(ErrorCode.Local_AllBrokersDown));
            return null;
        };

        Send().ShouldBe(SendEnd.Failed);

        _output.IsInDoubt.ShouldBeTrue();
        _script.Calls[^1].ShouldBe("AbortTransaction");
        _script.Calls.ShouldNotContain("CommitTransaction");
    }

    [Fact]
    public void IsInDoubt_OneOfManyBrokersIsGone_IsFalse()
    {
        _errors.Note(new Error(ErrorCode.Local_Transport));

        _output.IsInDoubt.ShouldBeFalse();
    }

    [Fact]
    public async Task Send_CallDoesNotComeBack_IsBrokenAndLeavesTheProducerUntilItDoes()
    {
        var (stuck, disposed) = (new TaskCompletionSource(), new TaskCompletionSource());
        _script.Script["SendOffsetsToTransaction"] = _ =>
        {
            stuck.Task.Wait(TestContext.Current.CancellationToken);
            return null;
        };
        _script.Script["Dispose"] = _ =>
        {
            stuck.Task.IsCompleted.ShouldBeTrue();
            disposed.TrySetResult();
            return null;
        };
        var batch = Batches.Of((0, 10));
        using (var output = Open(TimeSpan.Zero))
        {
            output.Send(batch, _consumer).ShouldBe(SendEnd.Broken);
        }

        _script.Calls.ShouldNotContain("Dispose");
        stuck.SetResult();
        await disposed.Task;
    }

    [Fact]
    public void Settle_BrokenBatch_AbortsATransactionOverTheSamePartitions()
    {
        List<TopicPartition> touched = [];
        _script.Script["Produce"] = arguments =>
        {
            touched.Add((TopicPartition)arguments[0]!);
            return null;
        };
        _script.Script["SendOffsetsToTransaction"] = _ => throw new KafkaTxnRequiresAbortException(new Error(ErrorCode.IllegalGeneration));
        var batch = Batches.Of((0, 10), (3, 7), (0, 11));
        var trail = new TransactionTrail();
        trail.Begin(batch);

        _output.Settle(trail, _consumer);

        touched.ShouldBe([new("out", 0), new("out", 1)]);
        _script.Calls.ShouldBe(["BeginTransaction", "Produce", "Produce", "Flush", "SendOffsetsToTransaction", "AbortTransaction"]);
    }

    private TransactionalOutput Open(TimeSpan limit) => new(
        _producer, new OutputTopics(new TopicTarget("out", 2), new TopicTarget("dead", 1)), _errors, limit, patience: limit, _time, NullLogger.Instance);

    private SendEnd Send()
    {
        var batch = Batches.Of((0, 10));
        return _output.Send(batch, _consumer);
    }
}
