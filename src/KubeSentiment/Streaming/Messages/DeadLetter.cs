using System.Text;
using Confluent.Kafka;

namespace KubeSentiment.Streaming.Messages;

/// <summary>A message that cannot be processed, kept as it was: key, value, headers and time, with headers that say where it stood and why.</summary>
internal static class DeadLetter
{
    public const string Reason = "dead-letter-reason";
    public const string Topic = "dead-letter-topic";
    public const string Partition = "dead-letter-partition";
    public const string Offset = "dead-letter-offset";
    public const string Attempts = "dead-letter-attempts";
    public const string ValueCut = "dead-letter-value-cut";

    /// <summary>What a record takes beside key, value and headers, generously.</summary>
    private const int Framing = 256;

    /// <summary>The dead letter of a message.</summary>
    /// <param name="original">The message.</param>
    /// <param name="source">Where it stood.</param>
    /// <param name="reason">Why it cannot be processed.</param>
    /// <param name="attempts">How often it was tried.</param>
    /// <param name="mostBytes">Largest message that may be written. A larger one loses its value, which the source still has, and says so: better than to block its partition.</param>
    public static Message<byte[]?, byte[]?> Of(Message<byte[]?, byte[]?> original, SourcePosition source, PoisonReason reason, int attempts, int mostBytes)
    {
        var headers = new Headers();
        foreach (var header in original.Headers ?? [])
        {
            headers.Add(header.Key, header.GetValueBytes());
        }

        headers.Add(Reason, Encoding.ASCII.GetBytes(reason.Name()));
        headers.Add(Topic, Encoding.UTF8.GetBytes(source.Topic));
        headers.Add(Partition, Encoding.ASCII.GetBytes(source.Partition.ToString()));
        headers.Add(Offset, Encoding.ASCII.GetBytes(source.Offset.ToString()));
        headers.Add(Attempts, Encoding.ASCII.GetBytes(attempts.ToString()));
        var letter = new Message<byte[]?, byte[]?> { Key = original.Key, Value = original.Value, Headers = headers, Timestamp = original.Timestamp };
        if (SizeOf(letter) > mostBytes)
        {
            headers.Add(ValueCut, Encoding.ASCII.GetBytes((original.Value?.Length ?? 0).ToString()));
            letter.Value = [];
        }

        return letter;
    }

    /// <summary>About how many bytes a message takes, rather too many than too few.</summary>
    public static long SizeOf(Message<byte[]?, byte[]?> message)
    {
        long size = Framing + (message.Key?.Length ?? 0) + (message.Value?.Length ?? 0);
        foreach (var header in message.Headers ?? [])
        {
            size += header.Key.Length * 3 + (header.GetValueBytes()?.Length ?? 0) + 10;
        }

        return size;
    }
}
