namespace KubeSentiment.Load;

/// <summary>How much of what it may use the service uses.</summary>
/// <param name="Cpu">Share of the CPU limit, 0..1.</param>
/// <param name="Memory">Share of the memory limit, 0..1.</param>
internal sealed record ResourceUsage(double Cpu, double Memory)
{
    public static readonly ResourceUsage None = new(0, 0);
}

/// <summary>Measures <see cref="ResourceUsage"/>; asked by one thread at a time.</summary>
internal interface IUsageReader : IDisposable
{
    /// <summary>The memory now, and the CPU since the last reading.</summary>
    public ResourceUsage Read();
}
