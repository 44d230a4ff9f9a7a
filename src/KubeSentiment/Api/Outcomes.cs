using KubeSentiment.Pipeline;

namespace KubeSentiment.Api;

/// <summary>The one place where a pipeline's outcome becomes an HTTP error.</summary>
internal sealed partial class Outcomes(PipelineOptions options, TimeProvider time, ILogger<Outcomes> logger)
{
    /// <summary>The error that the outcome is to a caller.</summary>
    /// <param name="outcome">Any but an answer.</param>
    public ProblemResult Problem(PredictionOutcome outcome) => outcome switch
    {
        PredictionOutcome.Rejected(TextFault.Empty) => AboutText(ApiError.TextEmpty, "The text is empty or only white space.", "text_empty"),
        PredictionOutcome.Rejected(TextFault.TooLong) => AboutText(
            ApiError.TextTooLong, $"The text may have at most {options.MaxTextLength} characters.", "text_too_long"),
        PredictionOutcome.Refused(RefusalReason.ModelNotReady, var wait) => Refusal(
            ApiError.ModelNotReady, "The service still starts. Try again in a moment.", wait),
        PredictionOutcome.Refused(RefusalReason.QueueFull, var wait) => Refusal(
            ApiError.QueueFull, "As many texts wait for the model as may. Try again later, or send fewer at once.", wait),
        PredictionOutcome.Refused(RefusalReason.Overloaded, var wait) => Refusal(
            ApiError.Overloaded, "The service has more to do than it can: the wait would be too long. Try again later.", wait),
        PredictionOutcome.Refused(RefusalReason.ModelBroken, var wait) => Refusal(
            ApiError.BreakerOpen, "The model failed several times in a row and is left alone for a while. The service's log has the reason.", wait),
        PredictionOutcome.Failed => new ProblemResult(ApiError.InferenceFailed, "The model failed on this text. The service's log has the reason under the correlation id."),
        PredictionOutcome.Unsupported => new ProblemResult(
            ApiError.FeaturesUnsupported, "The model in use has no output sentence_embedding. Export one that has, or use /predict."),
        _ => throw new ArgumentException($"{outcome.GetType().Name} is an answer, not a problem.", nameof(outcome)),
    };

    /// <summary>One line a request, however many texts failed: the first cause stands for the others'.</summary>
    public void LogFailures(ReadOnlySpan<PredictionOutcome> outcomes, string correlationId)
    {
        var failed = 0;
        Exception? cause = null;
        foreach (var outcome in outcomes)
        {
            if (outcome is PredictionOutcome.Failed failure)
            {
                failed++;
                cause ??= failure.Cause;
            }
        }

        if (cause is not null)
        {
            TextsFailed(logger, correlationId, failed, outcomes.Length, cause);
        }
    }

    private ProblemResult Refusal(ApiError error, string detail, TimeSpan? retryAfter) => new(error, detail, retryAfter: retryAfter) { Clock = time };

    private static ProblemResult AboutText(ApiError error, string message, string type) =>
        new(error, message, [new Contracts.ValidationError(["body", "text"], message, type)]);

    [LoggerMessage(EventId = 101, Level = LogLevel.Error, Message = "Request {CorrelationId}: the model failed on {Failed} of {Texts} texts")]
    private static partial void TextsFailed(ILogger logger, string correlationId, int failed, int texts, Exception cause);
}
