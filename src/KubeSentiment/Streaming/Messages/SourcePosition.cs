namespace KubeSentiment.Streaming.Messages;

/// <summary>Where a message stands. It is the message's identity: a replay has the same.</summary>
internal readonly record struct SourcePosition(string Topic, int Partition, long Offset)
{
    public override string ToString() => $"{Topic}/{Partition}/{Offset}";
}
