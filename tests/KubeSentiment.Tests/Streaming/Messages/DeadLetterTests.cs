using System.Text;
using Confluent.Kafka;
using KubeSentiment.Streaming.Messages;

namespace KubeSentiment.Tests.Streaming.Messages;

/// <summary>A dead letter is the message, and says why.</summary>
public sealed class DeadLetterTests
{
    private static readonly SourcePosition Source = new("in", 3, 4_711);

    [Fact]
    public void Of_Message_KeepsItAndSaysWhy()
    {
        var original = Message([0xFF, 0x00], ("traceparent", "00-a-b-01"));

        var letter = DeadLetter.Of(original, Source, PoisonReason.InvalidUtf8, attempts: 1, mostBytes: 10_000);

        letter.Key.ShouldBe(original.Key);
        letter.Value.ShouldBe(original.Value);
        // The topic may refuse another time than now, and the library one that a broker has set.
        letter.Timestamp.ShouldBe(Timestamp.Default);
        Headers(letter).ShouldBe(
        [
            "traceparent=00-a-b-01", "dead-letter-reason=invalid_utf8", "dead-letter-topic=in", "dead-letter-partition=3", "dead-letter-offset=4711",
            "dead-letter-timestamp=1700000000000", "dead-letter-attempts=1",
        ]);
        original.Headers.Count.ShouldBe(1);
    }

    [Fact]
    public void Of_Tombstone_IsOne() => DeadLetter.Of(Message(null), Source, PoisonReason.Tombstone, 1, 10_000).Value.ShouldBeNull();

    [Fact]
    public void Of_MessageTooLargeForTheTopic_LosesItsValueAndSaysSo()
    {
        var letter = DeadLetter.Of(Message(new byte[5_000]), Source, PoisonReason.Empty, 1, mostBytes: 5_000);

        letter.Value.ShouldBeEmpty();
        Headers(letter).ShouldContain("dead-letter-value-cut=5000");
        DeadLetter.SizeOf(letter).ShouldBeLessThan(5_000);
        letter.Key.ShouldBe([1, 2]);
    }

    [Fact]
    public void Of_HeadersTooLargeForTheTopic_LosesThemToo()
    {
        var letter = DeadLetter.Of(Message([1], ("trace", new string('h', 3_000)), ("more", "x")), Source, PoisonReason.Empty, 1, mostBytes: 3_000);

        Headers(letter).ShouldBe(
        [
            "dead-letter-reason=empty", "dead-letter-topic=in", "dead-letter-partition=3", "dead-letter-offset=4711",
            "dead-letter-timestamp=1700000000000", "dead-letter-attempts=1", "dead-letter-value-cut=1", "dead-letter-headers-cut=2",
        ]);
        letter.Key.ShouldBe([1, 2]);
    }

    [Fact]
    public void Of_KeyTooLargeForTheTopic_LosesItToo()
    {
        var original = Message(null, ("trace", "x"));
        original.Key = new byte[3_000];

        var letter = DeadLetter.Of(original, Source, PoisonReason.Tombstone, 1, mostBytes: 3_000);

        letter.Key.ShouldBeNull();
        letter.Value.ShouldBeNull();
        Headers(letter).ShouldContain("dead-letter-key-cut=3000");
        DeadLetter.SizeOf(letter).ShouldBeLessThan(1_024);
    }

    [Fact]
    public void Of_TimeThatABrokerHasSet_IsInTheHeaderOnly()
    {
        var original = Message([1]);
        original.Timestamp = new Timestamp(1_700_000_000_001, TimestampType.LogAppendTime);

        var letter = DeadLetter.Of(original, Source, PoisonReason.Empty, 1, 10_000);

        letter.Timestamp.ShouldBe(Timestamp.Default);
        Headers(letter).ShouldContain("dead-letter-timestamp=1700000000001");
    }

    private static Message<byte[]?, byte[]?> Message(byte[]? value, params (string Name, string Value)[] headers)
    {
        var message = new Message<byte[]?, byte[]?> { Key = [1, 2], Value = value, Headers = [], Timestamp = new Timestamp(1_700_000_000_000, TimestampType.CreateTime) };
        foreach (var (name, text) in headers)
        {
            message.Headers.Add(name, Encoding.UTF8.GetBytes(text));
        }

        return message;
    }

    private static IEnumerable<string> Headers(Message<byte[]?, byte[]?> message) =>
        message.Headers.Select(header => $"{header.Key}={Encoding.UTF8.GetString(header.GetValueBytes())}");
}
