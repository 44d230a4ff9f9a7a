namespace KubeSentiment.Api.Contracts;

/// <summary>What went wrong (RFC 9457), and what to do about it.</summary>
/// <param name="Type">Where the error code is explained.</param>
/// <param name="Title">The kind of error, in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What happened this time, and what to do.</param>
/// <param name="ErrorCode">The kind of error, for programs.</param>
/// <param name="CorrelationId">The request's name in the logs.</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="ValidationErrors">Each field that is wrong, for errors in the request's body.</param>
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string ErrorCode,
    string CorrelationId,
    DateTimeOffset Timestamp,
    IReadOnlyList<ValidationError>? ValidationErrors);

/// <summary>One field that is wrong.</summary>
/// <param name="Loc">The way to it: "body", then names and indexes.</param>
/// <param name="Msg">What is wrong.</param>
/// <param name="Type">The kind of mistake, for programs.</param>
internal sealed record ValidationError(IReadOnlyList<string> Loc, string Msg, string Type);
