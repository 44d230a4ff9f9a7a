namespace KubeSentiment.Load;

/// <summary>The live figures of the load. Recording is lock-free.</summary>
/// <remarks>Texts in hand and waiting are counted by the gate, which must know them exactly; here they are only read.</remarks>
public sealed class LoadMetrics
{
    private readonly AdmissionController _gate;
    private readonly ResponseWindow _responses;

    // Swapped whole by the sampler.
    private volatile ResourceUsage _usage = ResourceUsage.None;

    internal LoadMetrics(AdmissionController gate, TimeProvider time)
    {
        _gate = gate;
        _responses = new ResponseWindow(time);
    }

    /// <summary>Counts a request that was answered.</summary>
    /// <param name="duration">From its arrival to its answer.</param>
    /// <param name="failed">Whether the service is to blame that it got no proper answer. Do not record refusals at all: they are fast and say nothing.</param>
    public void RecordResponseTime(TimeSpan duration, bool failed = false) => _responses.Add(duration, failed);

    /// <summary>The load at this moment; CPU and memory are up to five seconds old.</summary>
    public LoadSnapshot Snapshot()
    {
        var responses = _responses.Read();
        var usage = _usage;
        return new LoadSnapshot(
            _gate.Active,
            _gate.Queued,
            _gate.QueuedInBackground,
            responses.PerSecond,
            responses.ErrorRate,
            responses.MeanTime,
            responses.P95Time,
            usage.Cpu,
            usage.Memory);
    }

    internal void Measured(ResourceUsage usage) => _usage = usage;
}
