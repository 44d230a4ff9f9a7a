using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Pipeline;

/// <summary>What counts as a text, through whichever door it comes.</summary>
[Settings("Pipeline")]
internal sealed class PipelineOptions
{
    /// <summary>Longest text accepted, in Unicode code points. The model reads only its beginning, so raise it only to be lenient with callers.</summary>
    [Setting("MAX_TEXT_LENGTH"), Range(1, 1_000_000)]
    public int MaxTextLength { get; set; } = 10_000;
}
