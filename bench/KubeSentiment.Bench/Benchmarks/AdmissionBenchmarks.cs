using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using KubeSentiment.Load;
using KubeSentiment.Resilience;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Bench.Benchmarks;

/// <summary>What each request pays for the gate, a breaker and its place in the figures, while all is well.</summary>
[MemoryDiagnoser]
public class AdmissionBenchmarks : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly CircuitBreaker _breaker = new("model", 5, TimeSpan.FromSeconds(60), TimeProvider.System);
    private AdmissionController _gate = null!;
    private LoadMetrics _load = null!;

    [GlobalSetup]
    public void Build()
    {
        _gate = new AdmissionController(new LoadOptions(), Environment.ProcessorCount, new AdmissionMetrics(_services.GetRequiredService<IMeterFactory>()), TimeProvider.System);
        _load = new LoadMetrics(_gate, TimeProvider.System);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _gate.Dispose();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public async ValueTask<bool> EnterAndRelease()
    {
        using var admission = await _gate.TryEnterAsync(1, CancellationToken.None);
        return admission.IsAdmitted;
    }

    [Benchmark]
    public bool BreakerEnterAndSuccess()
    {
        var entered = _breaker.TryEnter(out var call);
        call.Succeeded();
        return entered;
    }

    [Benchmark]
    public void RecordResponseTime() => _load.RecordResponseTime(TimeSpan.FromMilliseconds(3));
}
