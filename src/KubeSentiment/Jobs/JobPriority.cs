using System.Diagnostics.CodeAnalysis;

namespace KubeSentiment.Jobs;

/// <summary>Whose turn it is: a higher priority's always before a lower one's.</summary>
internal enum JobPriority
{
    Low,
    Medium,
    High,
}

/// <summary>The words for priorities, in requests, answers and metrics.</summary>
internal static class JobPriorities
{
    /// <summary>The highest first.</summary>
    public static readonly IReadOnlyList<JobPriority> All = [JobPriority.High, JobPriority.Medium, JobPriority.Low];

    public static string Word(this JobPriority priority) => priority switch
    {
        JobPriority.High => "high",
        JobPriority.Medium => "medium",
        _ => "low",
    };

    public static bool TryParse(string? word, [NotNullWhen(true)] out JobPriority? priority)
    {
        priority = word switch
        {
            "high" => JobPriority.High,
            "medium" => JobPriority.Medium,
            "low" => JobPriority.Low,
            _ => null,
        };
        return priority is not null;
    }
}
