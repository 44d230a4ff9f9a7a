using KubeSentiment.Load;

namespace KubeSentiment.Pipeline;

/// <summary>What became of a text. Expected ends are values; each door (HTTP, Kafka, jobs) turns them into its own words in one place.</summary>
public abstract record PredictionOutcome
{
    private PredictionOutcome()
    {
    }

    /// <summary>The model answered.</summary>
    public sealed record Predicted(Prediction Prediction) : PredictionOutcome;

    /// <summary>The sentence vector of the text: as many numbers as the model's hidden size.</summary>
    public sealed record Featured(IReadOnlyList<float> Vector, AnswerOrigin Origin) : PredictionOutcome;

    /// <summary>The text itself is at fault; trying again will not help.</summary>
    public sealed record Rejected(TextFault Fault) : PredictionOutcome;

    /// <summary>The service cannot take the text now; trying again after a while will help.</summary>
    public sealed record Refused(RefusalReason Reason, TimeSpan RetryAfter) : PredictionOutcome
    {
        /// <summary>Starting and a full queue are over in fractions of a second: whoever comes again after this finds room.</summary>
        internal static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

        /// <summary>What the gate's refusal is to a caller of the pipeline.</summary>
        internal static Refused By(AdmissionRefusal refusal, TimeSpan retryAfter) =>
            new(refusal == AdmissionRefusal.QueueFull ? RefusalReason.QueueFull : RefusalReason.Overloaded, retryAfter);
    }

    /// <summary>The model failed on the text.</summary>
    public sealed record Failed(Exception Cause) : PredictionOutcome;

    /// <summary>The model cannot do what was asked of it.</summary>
    public sealed record Unsupported : PredictionOutcome;
}

/// <summary>Why a text was rejected.</summary>
public enum TextFault
{
    /// <summary>Nothing, or only white space.</summary>
    Empty,

    /// <summary>More code points than <c>MLOPS_MAX_TEXT_LENGTH</c>.</summary>
    TooLong,
}

/// <summary>Why the service refused a text.</summary>
public enum RefusalReason
{
    /// <summary>The service still starts.</summary>
    ModelNotReady,

    /// <summary>As many texts wait as may.</summary>
    QueueFull,

    /// <summary>The wait would be, or has become, too long.</summary>
    Overloaded,

    /// <summary>The model failed several times in a row; it is left alone for a while.</summary>
    ModelBroken,
}
