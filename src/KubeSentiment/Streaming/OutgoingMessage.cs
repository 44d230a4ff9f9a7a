using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>What becomes of a message: its result or its dead letter.</summary>
/// <param name="Message">What is written.</param>
/// <param name="IsDeadLetter">Which of the two topics it is for.</param>
internal readonly record struct OutgoingMessage(Message<byte[]?, byte[]?> Message, bool IsDeadLetter);
