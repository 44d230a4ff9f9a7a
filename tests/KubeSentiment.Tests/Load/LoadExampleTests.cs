using System.Diagnostics.Metrics;
using KubeSentiment.Load;
using KubeSentiment.Resilience;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Load;

/// <summary>What docs/load.md shows is this code, and it does what the page says.</summary>
public sealed class LoadExampleTests : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly LoadExample _example;

    public LoadExampleTests()
    {
        _services = new ServiceCollection()
            .AddLogging()
            .AddMetrics()
            .AddSingleton<TimeProvider>(new FakeTimeProvider())
            .AddSingleton(new LoadOptions { MaxConcurrentRequests = 2, MaxQueueSize = 0 })
            .AddSingleton(new ScalingOptions())
            .AddSingleton(new ResilienceOptions { FailureThreshold = 1 })
            .AddResilience()
            .AddLoad()
            .AddSingleton<LoadExample>()
            .BuildServiceProvider();
        _example = _services.GetRequiredService<LoadExample>();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public void Page_Examples_AreTheCode() => DocumentedExample.Check("docs/load.md");

    [Fact]
    public async Task AnswerAsync_Free_Answers()
    {
        var answer = await _example.AnswerAsync(["good"], _ => Task.FromResult(_example.Signals()), CancellationToken.None);

        answer.ShouldBe("accepts True, active 1, score 75, up False, down False");
        _example.Signals().ShouldBe("accepts True, active 0, score 100, up False, down False");
    }

    [Fact]
    public async Task AnswerAsync_Full_Refuses()
    {
        var answer = await _example.AnswerAsync(
            ["one", "two"], cancellationToken => _example.AnswerAsync(["three"], _ => Task.FromResult(""), cancellationToken), CancellationToken.None);

        answer.ShouldBe("refused: QueueFull, retry after 1 s");
    }

    [Fact]
    public async Task AnswerAsync_ModelBroken_RefusesUntilReset()
    {
        await Should.ThrowAsync<IOException>(() => _example.AnswerAsync(["one"], _ => throw new IOException(), CancellationToken.None));
        _services.GetRequiredService<LoadMetrics>().Snapshot().ErrorRate.ShouldBe(1);

        (await _example.AnswerAsync(["two"], _ => Task.FromResult("2"), CancellationToken.None)).ShouldBe("refused: model is broken, retry after 60 s");
        _example.Reset("nobody").ShouldBeFalse();
        _example.Reset(CircuitBreakers.Model).ShouldBeTrue();
        (await _example.AnswerAsync(["three"], _ => Task.FromResult("3"), CancellationToken.None)).ShouldBe("3");
    }

    [Fact]
    public void Page_Metrics_AreThoseOfTheRooms()
    {
        _services.GetRequiredService<CircuitBreakers>();

        DocumentedMetrics.Check("docs/load.md", "sentiment_", _services.GetRequiredService<IMeterFactory>());
    }
}
