using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Anomalies;

/// <summary>What counts as an odd prediction, and how many of them are kept for review, for how long.</summary>
[Settings("Anomalies")]
internal sealed class AnomalyOptions
{
    /// <summary>Looks for odd predictions, says so in their answers and keeps them for review. Off, nothing is looked at.</summary>
    [Setting("ANOMALY_BUFFER_ENABLED")]
    public bool Enabled { get; set; } = true;

    /// <summary>Most odd predictions kept; the oldest leave first. With a long text one takes up to 1.7 KB.</summary>
    [Setting("ANOMALY_BUFFER_MAX_SIZE"), Range(1, 100_000)]
    public int MaxSize { get; set; } = 10_000;

    /// <summary>How long an odd prediction is kept. Raise it where reviewers come once a day, and <c>MLOPS_ANOMALY_BUFFER_MAX_SIZE</c> with it.</summary>
    [Setting("ANOMALY_BUFFER_DEFAULT_TTL"), Duration(1, 2_592_000)]
    public TimeSpan DefaultTtl { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often what is past its time is taken out of memory; it is never shown in any case.</summary>
    [Setting("ANOMALY_BUFFER_CLEANUP_INTERVAL"), Duration(1, 86_400)]
    public TimeSpan CleanupInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Most characters (UTF-16 units) kept of a text. 0 keeps no texts at all, where they must not outlive their request.</summary>
    [Setting("ANOMALY_BUFFER_MAX_TEXT_LENGTH"), Range(0, 100_000)]
    public int MaxTextLength { get; set; } = 500;

    /// <summary>The types that are looked for. Leave out those that nobody reviews.</summary>
    [Setting("ANOMALY_TYPES"), AnomalyType]
    public IReadOnlyList<string> Types { get; set; } = AnomalyTypes.Names;

    /// <summary>The model's labels, in any case, that mean a negative text. Set it for a model that calls them something else.</summary>
    [Setting("ANOMALY_NEGATIVE_LABELS")]
    public IReadOnlyList<string> NegativeLabels { get; set; } = ["NEGATIVE"];

    /// <summary>high_confidence_negative: least score of a negative label. Lower it to see more of the sure ones, raise it where negative texts are the rule.</summary>
    [Setting("ANOMALY_NEGATIVE_CONFIDENCE"), Range(0.0, 1.0)]
    public double NegativeConfidence { get; set; } = 0.99;

    /// <summary>low_confidence: the label's score is less than this ahead of the next. Raise it to see more close calls.</summary>
    [Setting("ANOMALY_LOW_CONFIDENCE_MARGIN"), Range(0.0, 1.0)]
    public double LowConfidenceMargin { get; set; } = 0.1;

    /// <summary>out_of_vocabulary: least share of words that the model cannot read. Lower it to see more texts in other languages, and more misspelled ones.</summary>
    [Setting("ANOMALY_OUT_OF_VOCABULARY_SHARE"), Range(0.01, 1.0)]
    public double OutOfVocabularyShare { get; set; } = 0.45;

    /// <summary>truncated: least share of the text, estimated from its length, that the model did not read. 0 takes every text that was cut.</summary>
    [Setting("ANOMALY_TRUNCATED_SHARE"), Range(0.0, 1.0)]
    public double TruncatedShare { get; set; }

    /// <summary>unusual_length: how many standard deviations the logarithm of a text's length is off the mean. Lower it to see more.</summary>
    [Setting("ANOMALY_UNUSUAL_LENGTH_DEVIATIONS"), Range(1.0, 100.0)]
    public double UnusualLengthDeviations { get; set; } = 4;

    /// <summary>unusual_length: how many texts back the mean and the deviation reach. Lower it where traffic changes its nature within the hour.</summary>
    [Setting("ANOMALY_UNUSUAL_LENGTH_WINDOW"), Range(100, 10_000_000)]
    public int UnusualLengthWindow { get; set; } = 10_000;
}
