using Confluent.Kafka;
using KubeSentiment.Streaming;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Streaming;

/// <summary>What each kind of error leads to where there are no transactions.</summary>
public sealed class AtLeastOnceOutputTests : IDisposable
{
    private readonly ProducerErrors _errors = new();
    private readonly Scripted _script;
    private readonly Scripted _consumerScript;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly AtLeastOnceOutput _output;

    public AtLeastOnceOutputTests()
    {
        (_consumer, _consumerScript) = Scripted.Make<IConsumer<byte[]?, byte[]?>>();
        (_producer, _script) = Scripted.Make<IProducer<byte[]?, byte[]?>>();
        _output = Open(TimeSpan.FromSeconds(10));
    }

    public void Dispose() => _output.Dispose();

    [Theory]
    [InlineData(ErrorCode.NoError, "Committed")]
    [InlineData(ErrorCode.Local_MsgTimedOut, "Failed")]
    [InlineData(ErrorCode.InvalidTimestamp, "Refused")]
    public void Send_Delivery_DecidesTheEnd(ErrorCode code, string end)
    {
        _script.Script["Produce"] = arguments =>
        {
            ((Action<DeliveryReport<byte[]?, byte[]?>>)arguments[2]!)(new DeliveryReport<byte[]?, byte[]?> { Error = new Error(code) });
            return null;
        };

        Send().ToString().ShouldBe(end);
    }

    /// <summary>That others own the partitions says nothing about Kafka: its breaker must not hear of it.</summary>
    [Theory]
    [InlineData(ErrorCode.UnknownMemberId, "Aborted")]
    [InlineData(ErrorCode.IllegalGeneration, "Aborted")]
    [InlineData(ErrorCode.StaleMemberEpoch, "Aborted")]
    [InlineData(ErrorCode.RequestTimedOut, "Failed")]
    public void Send_OffsetsAreNotTaken_DecidesTheEnd(ErrorCode code, string end)
    {
        _consumerScript.Script["Commit"] = _ => throw new KafkaException(code);

        Send().ToString().ShouldBe(end);
    }

    /// <summary>As where it was not allowed to write: its messages fail with the cause, and go on failing when it is allowed.</summary>
    [Fact]
    public void Send_ProducerHasFailedForGood_IsBroken()
    {
        _script.Script["Produce"] = arguments =>
        {
            ((Action<DeliveryReport<byte[]?, byte[]?>>)arguments[2]!)(new DeliveryReport<byte[]?, byte[]?> { Error = new Error(ErrorCode.ClusterAuthorizationFailed) });
            return null;
        };
        Send().ShouldBe(SendEnd.Failed);
        _errors.Note(new Error(ErrorCode.ClusterAuthorizationFailed, "no", isFatal: true));

        Send().ShouldBe(SendEnd.Broken);
    }

    [Fact]
    public void Send_LibraryDoesNotTakeAMessage_IsRefused()
    {
        _script.Script["Produce"] = _ => throw new InvalidOperationException("not a time to write");

        Send().ShouldBe(SendEnd.Refused);
    }

    [Fact]
    public void Send_FailsInAnUnforeseenWay_IsBroken()
    {
        _script.Script["Flush"] = _ => throw new InvalidOperationException("a bug");

        Send().ShouldBe(SendEnd.Broken);
    }

    /// <summary>As while the group's coordinator is away.</summary>
    [Fact]
    public void Send_CommitDoesNotComeBack_FailsAndNothingIsWrittenUntilItDoes()
    {
        using var back = new ManualResetEventSlim();
        _consumerScript.Script["Commit"] = _ =>
        {
            back.Wait(TestContext.Current.CancellationToken);
            return null;
        };
        using var output = Open(TimeSpan.Zero);

        output.Send(Batches.Of((0, 10)), _consumer).ShouldBe(SendEnd.Failed);
        output.Send(Batches.Of((0, 11)), _consumer).ShouldBe(SendEnd.Failed);

        back.Set();
        _script.Calls.Count(call => call == "Produce").ShouldBe(1);
    }

    private AtLeastOnceOutput Open(TimeSpan limit) => new(
        _producer, new OutputTopics(new TopicTarget("out", 2), new TopicTarget("dead", 1)), _errors, limit, patience: limit, new FakeTimeProvider(), NullLogger.Instance);

    private SendEnd Send() => _output.Send(Batches.Of((0, 10)), _consumer);
}
