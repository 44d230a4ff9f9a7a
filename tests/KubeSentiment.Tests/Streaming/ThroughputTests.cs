using KubeSentiment.Streaming;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Streaming;

/// <summary>Messages a second, over the last ten.</summary>
public sealed class ThroughputTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void PerSecond_SteadyStream_IsItsRate()
    {
        var throughput = new Throughput(_time);
        for (var second = 0; second < 30; second++)
        {
            throughput.Add(40);
            throughput.Add(60);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        throughput.PerSecond().ShouldBe(100);
    }

    [Fact]
    public void PerSecond_AfterTheStream_FallsToZero()
    {
        var throughput = new Throughput(_time);
        throughput.Add(1_000);
        throughput.PerSecond().ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(4));
        throughput.PerSecond().ShouldBe(250);
        _time.Advance(TimeSpan.FromSeconds(6));
        throughput.PerSecond().ShouldBe(100);
        _time.Advance(TimeSpan.FromSeconds(1));

        throughput.PerSecond().ShouldBe(0);
    }

    [Fact]
    public async Task Add_ManyThreads_LosesNothing()
    {
        var throughput = new Throughput(_time);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                throughput.Add(1);
            }
        })));
        _time.Advance(TimeSpan.FromSeconds(1));

        throughput.PerSecond().ShouldBe(80_000);
    }
}
