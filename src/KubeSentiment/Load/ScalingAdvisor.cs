namespace KubeSentiment.Load;

/// <summary>What a replica asks of an autoscaler.</summary>
/// <param name="ShouldScaleUp">It has too much to do.</param>
/// <param name="ShouldScaleDown">It has had too little to do for a while. Never together with the other.</param>
/// <param name="Reasons">Which of the triggers hold, in words.</param>
public sealed record ScalingAdvice(bool ShouldScaleUp, bool ShouldScaleDown, IReadOnlyList<string> Reasons)
{
    /// <summary>As many replicas as there are.</summary>
    public static readonly ScalingAdvice Stay = new(false, false, []);
}

/// <summary>Turns a series of samples into advice. One thread at a time; the sampler asks it every second.</summary>
/// <remarks>
/// CPU and memory must be beyond their thresholds in every sample of a window before they count: peaks are not load, and a pause is not idleness. The
/// thresholds themselves do not count as beyond.
/// </remarks>
internal sealed class ScalingAdvisor(ScalingOptions options, TimeProvider time)
{
    private readonly Spell _cpuHigh = new(time, options.UpWindow);
    private readonly Spell _memoryHigh = new(time, options.UpWindow);
    private readonly Spell _quiet = new(time, options.DownWindow);

    public ScalingAdvice Observe(LoadSnapshot load, double score)
    {
        // Every spell is told of every sample.
        var cpuHigh = _cpuHigh.HasLasted(load.CpuUtilization > options.UpCpu);
        var memoryHigh = _memoryHigh.HasLasted(load.MemoryUtilization > options.UpMemory);
        var quiet = _quiet.HasLasted(load.CpuUtilization < options.DownCpu && load.MemoryUtilization < options.DownMemory);

        List<string> reasons = [];
        AddIf(cpuHigh, "cpu_high");
        AddIf(memoryHigh, "memory_high");
        AddIf(load.Active > options.UpActive, "active_requests_high");
        AddIf(score < options.UpScore, "health_score_low");
        var up = reasons.Count > 0;

        var down = !up && quiet && load.Active < options.DownActive && score > options.DownScore;
        AddIf(down, "idle");
        return up || down ? new ScalingAdvice(up, down, reasons) : ScalingAdvice.Stay;

        void AddIf(bool holds, string reason)
        {
            if (holds)
            {
                reasons.Add(reason);
            }
        }
    }

    /// <summary>A condition that counts only once it has held without a break.</summary>
    private sealed class Spell(TimeProvider time, TimeSpan length)
    {
        private long? _since;

        public bool HasLasted(bool holds)
        {
            _since = holds ? _since ?? time.GetTimestamp() : null;
            return _since is { } since && time.GetElapsedTime(since) >= length;
        }
    }
}
