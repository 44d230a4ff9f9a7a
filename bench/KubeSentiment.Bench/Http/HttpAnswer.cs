namespace KubeSentiment.Bench.Http;

/// <summary>Where the parts of one HTTP/1.1 answer lie in the buffer it was read into.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Head">Status line and headers, without the empty line.</param>
/// <param name="Body">The body with chunk framing removed.</param>
/// <param name="Consumed">Bytes of the buffer this answer used, interim answers before it included.</param>
/// <param name="Close">The server ends the connection after this answer.</param>
internal readonly record struct HttpAnswer(int Status, Range Head, Range Body, int Consumed, bool Close);

/// <summary>What a look at the buffer gave.</summary>
internal enum ParseOutcome
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>One answer is complete.</summary>
    Complete,

    /// <summary>The bytes are not an HTTP/1.1 answer.</summary>
    Malformed,
}
