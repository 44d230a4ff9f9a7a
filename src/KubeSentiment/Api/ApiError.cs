namespace KubeSentiment.Api;

/// <summary>A kind of error that callers can meet: its code, its HTTP status and its title. The list is explained in docs/api.md.</summary>
internal sealed record ApiError(string Code, int Status, string Title)
{
    public static readonly ApiError BrokenBody = new("E1001", 400, "The request cannot be read");
    public static readonly ApiError InvalidInput = new("E1001", 422, "The request is not valid");
    public static readonly ApiError TextTooLong = new("E1002", 422, "The text is too long");
    public static readonly ApiError TextEmpty = new("E1003", 422, "The text is empty");
    public static readonly ApiError NotFound = new("E1004", 404, "There is nothing here");
    public static readonly ApiError MethodNotAllowed = new("E1004", 405, "The method does not fit the path");
    public static readonly ApiError BodyTooLarge = new("E1005", 413, "The request body is too large");
    public static readonly ApiError UnsupportedMediaType = new("E1006", 415, "The content type is not supported");
    public static readonly ApiError ModelNotReady = new("E2001", 503, "The model is not ready");
    public static readonly ApiError InferenceFailed = new("E2002", 500, "The model failed");
    public static readonly ApiError FeaturesUnsupported = new("E2003", 501, "The model gives no sentence vector");
    public static readonly ApiError Unauthorized = new("E3001", 401, "The API key is missing or wrong");
    public static readonly ApiError QueueFull = new("E4005", 503, "The queue is full");
    public static readonly ApiError Timeout = new("E4008", 504, "The request took too long");
    public static readonly ApiError Internal = new("E5000", 500, "The service failed");

    public static readonly IReadOnlyList<ApiError> All =
    [
        BrokenBody, InvalidInput, TextTooLong, TextEmpty, NotFound, MethodNotAllowed, BodyTooLarge, UnsupportedMediaType,
        ModelNotReady, InferenceFailed, FeaturesUnsupported, Unauthorized, QueueFull, Timeout, Internal,
    ];

    /// <summary>The kind of error behind a bare status, such as the framework sets for an unknown path.</summary>
    public static ApiError ForStatus(int status) => status switch
    {
        404 => NotFound,
        405 => MethodNotAllowed,
        413 => BodyTooLarge,
        415 => UnsupportedMediaType,
        >= 400 and < 500 => BrokenBody with { Status = status },
        _ => Internal,
    };
}
