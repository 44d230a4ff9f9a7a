namespace KubeSentiment.Streaming.Messages;

/// <summary>Why a message can never be processed.</summary>
internal enum PoisonReason
{
    /// <summary>A message without a value, as compacted topics use to delete a key.</summary>
    Tombstone,

    /// <summary>No text, or only white space.</summary>
    Empty,

    /// <summary>The value is not UTF-8, or a JSON string in it has half a surrogate pair.</summary>
    InvalidUtf8,

    /// <summary>The value begins like a JSON object and is none.</summary>
    BrokenJson,

    /// <summary>A JSON object without a field <c>text</c> that is a string.</summary>
    NoText,

    /// <summary>A JSON object in which <c>text</c>, <c>id</c> or <c>metadata</c> is there twice.</summary>
    FieldTwice,

    /// <summary>More code points than <c>MLOPS_MAX_TEXT_LENGTH</c>.</summary>
    TooLong,

    /// <summary>The model fails on this text again and again, while it answers others.</summary>
    ModelFailed,

    /// <summary>The result would be larger than <c>MLOPS_KAFKA_MAX_MESSAGE_BYTES</c>.</summary>
    ResultTooLarge,

    /// <summary>Kafka refuses what is written for this message again and again, also when it is written alone.</summary>
    Refused,

    /// <summary>A bug, which the log shows.</summary>
    Unforeseen,
}
