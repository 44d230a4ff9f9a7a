namespace KubeSentiment.Load;

/// <summary>The load at one moment. Counts are texts; rates and times are those of the last minute.</summary>
/// <param name="Active">Texts in hand.</param>
/// <param name="Queued">Texts of HTTP callers that wait.</param>
/// <param name="QueuedInBackground">Texts of Kafka and of jobs that wait.</param>
/// <param name="RequestsPerSecond">Responses a second.</param>
/// <param name="ErrorRate">Share of the responses that the service failed, 0..1. Refusals and clients' mistakes are not failures.</param>
/// <param name="MeanResponseTime">Mean response time.</param>
/// <param name="P95ResponseTime">The time in which 95 % of the requests were answered, to within 6 %.</param>
/// <param name="CpuUtilization">Share of the CPU limit in use, 0..1.</param>
/// <param name="MemoryUtilization">Share of the memory limit in use, 0..1.</param>
public sealed record LoadSnapshot(
    int Active,
    int Queued,
    int QueuedInBackground,
    double RequestsPerSecond,
    double ErrorRate,
    TimeSpan MeanResponseTime,
    TimeSpan P95ResponseTime,
    double CpuUtilization,
    double MemoryUtilization);
