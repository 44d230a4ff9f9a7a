namespace KubeSentiment.Streaming.Messages;

/// <summary>What a message asks: the sentiment of a text.</summary>
/// <param name="Text">The text; not yet checked for its length.</param>
/// <param name="Id">The sender's name for it; null where it gave none.</param>
/// <param name="Metadata">JSON that goes along to the result as it is; empty where there is none.</param>
internal readonly record struct RequestMessage(string Text, string? Id, ReadOnlyMemory<byte> Metadata);
