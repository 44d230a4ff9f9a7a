using System.Runtime.InteropServices;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Jobs;

/// <summary>What became of a text of a job.</summary>
internal enum JobTextEnd
{
    /// <summary>Its job ended before it was scored, or its result is lost.</summary>
    NotScored,

    /// <summary>It has a prediction.</summary>
    Predicted,

    /// <summary>Nothing, or only white space.</summary>
    Empty,

    /// <summary>More code points than a text may have.</summary>
    TooLong,

    /// <summary>The model failed on it, more than once.</summary>
    Failed,
}

/// <summary>One text's result.</summary>
/// <param name="End">What became of it.</param>
/// <param name="Prediction">Its prediction, where there is one.</param>
/// <param name="TextLength">Length of the text in code points, where it was scored.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JobResult(JobTextEnd End, Prediction? Prediction = null, int TextLength = 0);
