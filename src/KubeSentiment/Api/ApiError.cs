namespace KubeSentiment.Api;

/// <summary>A kind of error that callers can meet. This list is also the one in the OpenAPI document, and a test holds docs/api.md to it.</summary>
/// <param name="Code">Its name for programs; errors that are mended in the same way share one.</param>
/// <param name="Status">Its HTTP status.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="When">When callers meet it.</param>
/// <param name="Remedy">What they can do.</param>
internal sealed record ApiError(string Code, int Status, string Title, string When, string Remedy)
{
    public static readonly ApiError BrokenBody = new(
        "E1001", 400, "The request cannot be read", "The body is not JSON or is nested too deeply, or the request breaks HTTP's rules.", "Mend the request; `detail` says where it breaks.");

    public static readonly ApiError InvalidInput = new(
        "E1001",
        422,
        "The request is not valid",
        "A field or a value in the query is missing, there twice, out of range, has the wrong type or is not valid Unicode, or there are too few or too many texts.",
        "Mend the fields that `validation_errors` names.");

    public static readonly ApiError TextTooLong = new(
        "E1002", 422, "The text is too long", "A text has more characters (Unicode code points) than `MLOPS_MAX_TEXT_LENGTH`.", "Send its beginning, or its parts.");

    public static readonly ApiError TextEmpty = new(
        "E1003", 422, "The text is empty", "A text is empty or only white space.", "Leave such texts out.");

    public static readonly ApiError NotFound = new(
        "E1004", 404, "There is nothing here", "No route has this path.", "Compare the path with the routes at `/docs`.");

    public static readonly ApiError MethodNotAllowed = new(
        "E1004", 405, "The method does not fit the path", "The route exists for other methods.", "Use a method that the `Allow` header names.");

    public static readonly ApiError BodyTooLarge = new(
        "E1005",
        413,
        "The request body is too large",
        "The body has more bytes than `MLOPS_MAX_REQUEST_BODY_BYTES` or, for a job, `MLOPS_ASYNC_BATCH_MAX_BODY_BYTES`; or a job alone counts for more than `MLOPS_ASYNC_BATCH_MAX_BYTES`.",
        "Send fewer texts at once.");

    public static readonly ApiError UnsupportedMediaType = new(
        "E1006",
        415,
        "The content type is not supported",
        "The body is said to be something other than JSON in UTF-8, or is encoded (`Content-Encoding: gzip` and the like).",
        "Send `Content-Type: application/json`, and the body as it is.");

    public static readonly ApiError ModelNotReady = new(
        "E2001", 503, "The model is not ready", "The service still starts.", "Try again after the seconds in `Retry-After`.");

    public static readonly ApiError InferenceFailed = new(
        "E2002",
        500,
        "The model failed",
        "The model broke on this text.",
        "Look up the `correlation_id` in the service's log; other texts are not affected.");

    public static readonly ApiError FeaturesUnsupported = new(
        "E2003",
        501,
        "The model gives no sentence vector",
        "The graph of the model in use has no output `sentence_embedding`.",
        "Export the model with that output, or use `/predict`.");

    public static readonly ApiError Unauthorized = new(
        "E3001",
        401,
        "The API key is missing or wrong",
        "The service has an `MLOPS_API_KEY`, and the request does not carry it.",
        "Send the key in the `X-API-Key` header.");

    public static readonly ApiError Forbidden = new(
        "E3002",
        403,
        "Only callers on this machine may do that",
        "The request changes or empties the service's state, the service has no `MLOPS_API_KEY`, and the caller is on another machine, a web page of another site, or calls the service by a name that others can give it.",
        "Give the service an `MLOPS_API_KEY` and send it, or call from the machine itself, by `localhost`, `127.0.0.1` or `[::1]`.");

    public static readonly ApiError QueueFull = new(
        "E4005",
        503,
        "The queue is full",
        "As many texts wait as may (`MLOPS_MAX_QUEUE_SIZE`, `MLOPS_INFERENCE_QUEUE_SIZE`).",
        "Try again after the seconds in `Retry-After`; send fewer texts at once.");

    public static readonly ApiError Overloaded = new(
        "E4005",
        503,
        "The service is overloaded",
        "A place would come free too late, or has not come free in time (`MLOPS_ADMISSION_MAX_WAIT`).",
        "Try again after the seconds in `Retry-After`; run more replicas.");

    public static readonly ApiError BodiesFull = new(
        "E4005",
        503,
        "Too many bodies are held",
        "Bodies of more than 16 KiB take an eighth of the memory that the replica may use. Smaller ones are read all the same.",
        "Try again after the seconds in `Retry-After`; send fewer texts at once.");

    public static readonly ApiError BreakerOpen = new(
        "E4007",
        503,
        "The circuit breaker is open",
        "The model failed `MLOPS_CIRCUIT_BREAKER_FAILURE_THRESHOLD` times in a row.",
        "Try again after the seconds in `Retry-After`; the service's log says what failed.");

    public static readonly ApiError NoSuchBreaker = new(
        "E4009", 404, "There is no such circuit breaker", "No breaker has this name.", "Use a name from `/api/v1/load/circuit-breakers`.");

    public static readonly ApiError NoSuchAnomaly = new(
        "E4010",
        404,
        "There is no such odd prediction",
        "The prediction was not odd, is forgotten by now, or was made by another replica.",
        "Use an id from `/api/v1/anomalies` of the same replica.");

    public static readonly ApiError Timeout = new(
        "E4008", 504, "The request took too long", "The request took longer than `MLOPS_MAX_REQUEST_TIMEOUT`.", "Send fewer or shorter texts at once.");

    public static readonly ApiError KafkaOff = new(
        "E6001", 503, "Kafka is off", "The route needs Kafka, and `MLOPS_KAFKA_ENABLED` is false.", "Turn Kafka on, or do without the route.");

    public static readonly ApiError KafkaUnavailable = new(
        "E6002",
        503,
        "Kafka does not answer",
        "The brokers did not take the message within `MLOPS_KAFKA_FEEDBACK_TIMEOUT_MS`, or have failed so often that they are left alone for a while.",
        "Try again after the seconds in `Retry-After`; the service's log has the reason.");

    public static readonly ApiError NoSuchJob = new(
        "E7001",
        404,
        "There is no such job",
        "No job has this id, or it was forgotten `MLOPS_ASYNC_BATCH_CACHE_TTL_SECONDS` after its end. Without Redis a job is known to its replica only, and ends with it.",
        "Submit it again.");

    public static readonly ApiError JobsUnavailable = new(
        "E7002",
        503,
        "The jobs cannot be reached",
        "Redis, which holds the jobs of all replicas, does not do what it is asked.",
        "Try again after the seconds in `Retry-After`; jobs that were taken on go on when it is back.");

    public static readonly ApiError JobQueueFull = new(
        "E7003",
        503,
        "There is no room for the job",
        "As many jobs, texts or bytes are held as may: `detail` says which (`MLOPS_ASYNC_BATCH_MAX_JOBS`, `_MAX_TEXTS`, `_MAX_BYTES`).",
        "Try again after the seconds in `Retry-After`.");

    public static readonly ApiError ResultsNotReady = new(
        "E7004", 409, "The results are not ready", "The job has not ended.", "Ask again after the seconds in `Retry-After`; the job's status tells its progress.");

    public static readonly ApiError TextNotScored = new(
        "E7005",
        409,
        "The text was not scored",
        "Stands in place of a result: the job was cancelled, expired or failed before its turn came, or the result is lost.",
        "Submit these texts again.");

    public static readonly ApiError JobsOff = new(
        "E7006", 503, "Jobs are off", "The route needs background jobs, and `MLOPS_ASYNC_BATCH_ENABLED` is false.", "Turn them on, or use `/predict/batch`.");

    public static readonly ApiError Internal = new(
        "E5000", 500, "The service failed", "A mistake in the service.", "Look up the `correlation_id` in the service's log, and report what it says.");

    public static readonly IReadOnlyList<ApiError> All =
    [
        BrokenBody, InvalidInput, TextTooLong, TextEmpty, NotFound, MethodNotAllowed, BodyTooLarge, UnsupportedMediaType,
        ModelNotReady, InferenceFailed, FeaturesUnsupported, Unauthorized, Forbidden, QueueFull, Overloaded, BodiesFull, BreakerOpen, NoSuchBreaker, NoSuchAnomaly, Timeout, Internal,
        KafkaOff, KafkaUnavailable, NoSuchJob, JobsUnavailable, JobQueueFull, ResultsNotReady, TextNotScored, JobsOff,
    ];

    /// <summary>Where the code is explained: its heading on the page that shows the OpenAPI document's description.</summary>
    public string Explanation { get; } = $"{ApiRoutes.Documentation}#description/{Code.ToLowerInvariant()}";

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
