using System.Diagnostics.Metrics;
using KubeSentiment.Load;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Load;

/// <summary>Makes gates for tests.</summary>
internal static class Gates
{
    /// <summary>Longer than any test looks: neither the limit nor the target of a wait is ever met.</summary>
    private static readonly TimeSpan Unlimited = TimeSpan.FromHours(1);

    public static AdmissionController Gate(
        TimeProvider time, int limit = 10, int queue = 100, TimeSpan? maxWait = null, TimeSpan? targetWait = null, TimeSpan? burst = null, double share = 0.25, int? overload = null)
    {
        var options = new LoadOptions
        {
            MaxConcurrentRequests = limit,
            MaxQueueSize = queue,
            MaxWait = maxWait ?? Unlimited,
            TargetWait = targetWait ?? Unlimited,
            Burst = burst ?? TimeSpan.FromMilliseconds(100),
            BackgroundShare = share,
            OverloadTexts = overload ?? limit,
        };
        return new AdmissionController(options, cores: 1, new AdmissionMetrics(Meters()), time);
    }

    public static IMeterFactory Meters() => new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    /// <summary>An end that must come: callers who are let in go on elsewhere, a moment later.</summary>
    public static Task<Admission> Soon(this Task<Admission> entry) => entry.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
}
