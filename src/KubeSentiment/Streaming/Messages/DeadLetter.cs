using System.Text;
using Confluent.Kafka;

namespace KubeSentiment.Streaming.Messages;

/// <summary>A message that cannot be processed, kept as it was: key, value and headers, with headers that say where and when it stood and why.</summary>
internal static class DeadLetter
{
    public const string Reason = "dead-letter-reason";
    public const string Topic = "dead-letter-topic";
    public const string Partition = "dead-letter-partition";
    public const string Offset = "dead-letter-offset";
    public const string Timestamp = "dead-letter-timestamp";
    public const string Attempts = "dead-letter-attempts";
    public const string ValueCut = "dead-letter-value-cut";
    public const string HeadersCut = "dead-letter-headers-cut";
    public const string KeyCut = "dead-letter-key-cut";

    /// <summary>What a record takes beside key, value and headers, generously.</summary>
    private const int Framing = 256;

    /// <summary>What can be left out, in this order.</summary>
    private enum Cut
    {
        Nothing,
        Value,
        Headers,
        Key,
    }

    /// <summary>The dead letter of a message.</summary>
    /// <param name="original">The message.</param>
    /// <param name="source">Where it stood.</param>
    /// <param name="reason">Why it cannot be processed.</param>
    /// <param name="attempts">How often it was tried.</param>
    /// <param name="mostBytes">
    /// Largest message that may be written. A larger one loses its value, then its headers, then its key, and says so: better than to block its partition.
    /// </param>
    public static Message<byte[]?, byte[]?> Of(Message<byte[]?, byte[]?> original, SourcePosition source, PoisonReason reason, int attempts, int mostBytes)
    {
        for (var cut = Cut.Nothing; cut < Cut.Key; cut++)
        {
            var letter = Make(original, source, reason, attempts, cut);
            if (SizeOf(letter) <= mostBytes)
            {
                return letter;
            }
        }

        return Bare(original, source, reason, attempts);
    }

    /// <summary>A dead letter that holds nothing of the message and says where it stood: for one that Kafka would refuse again.</summary>
    public static Message<byte[]?, byte[]?> Bare(Message<byte[]?, byte[]?> original, SourcePosition source, PoisonReason reason, int attempts) =>
        Make(original, source, reason, attempts, Cut.Key);

    private static Message<byte[]?, byte[]?> Make(Message<byte[]?, byte[]?> original, SourcePosition source, PoisonReason reason, int attempts, Cut cut)
    {
        var headers = new Headers();
        foreach (var header in cut < Cut.Headers ? original.Headers ?? [] : [])
        {
            headers.Add(header.Key, header.GetValueBytes());
        }

        headers.Add(Reason, Encoding.ASCII.GetBytes(reason.Name()));
        headers.Add(Topic, Encoding.UTF8.GetBytes(source.Topic));
        Add(headers, Partition, source.Partition);
        Add(headers, Offset, source.Offset);
        if (original.Timestamp.Type != TimestampType.NotAvailable)
        {
            // Not as the letter's own time: the topic refuses one that is too far from now, and the library one that a broker has set.
            Add(headers, Timestamp, original.Timestamp.UnixTimestampMs);
        }

        Add(headers, Attempts, attempts);
        Note(ValueCut, Cut.Value, original.Value?.Length);
        Note(HeadersCut, Cut.Headers, original.Headers?.Count);
        Note(KeyCut, Cut.Key, original.Key?.Length);
        return new Message<byte[]?, byte[]?>
        {
            Key = cut < Cut.Key ? original.Key : null,
            Value = cut < Cut.Value || original.Value is null ? original.Value : [],
            Headers = headers,
        };

        void Note(string name, Cut what, int? size)
        {
            if (cut >= what && size > 0)
            {
                Add(headers, name, size.Value);
            }
        }
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

    private static void Add(Headers headers, string name, long number) => headers.Add(name, Encoding.ASCII.GetBytes(number.ToString()));
}
