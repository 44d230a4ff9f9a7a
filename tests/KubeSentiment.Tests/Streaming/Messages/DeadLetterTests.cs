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
        letter.Timestamp.ShouldBe(original.Timestamp);
        Headers(letter).ShouldBe(
        [
            "traceparent=00-a-b-01", "dead-letter-reason=invalid_utf8", "dead-letter-topic=in", "dead-letter-partition=3", "dead-letter-offset=4711", "dead-letter-attempts=1",
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
