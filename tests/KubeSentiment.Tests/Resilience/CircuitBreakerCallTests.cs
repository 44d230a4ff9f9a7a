using KubeSentiment.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Resilience;

/// <summary>What counts as a failure of a call that is run through a breaker.</summary>
public sealed class CircuitBreakerCallTests
{
    private readonly CircuitBreaker _breaker = new("redis", 1, TimeSpan.FromSeconds(60), new FakeTimeProvider());

    [Fact]
    public async Task CallAsync_Success_ReturnsTheResult() =>
        (await _breaker.CallAsync(_ => Task.FromResult(7), CancellationToken.None)).ShouldBe(7);

    [Fact]
    public async Task CallAsync_Failure_PassesThroughAndCounts()
    {
        await Should.ThrowAsync<IOException>(() => _breaker.CallAsync<int>(_ => throw new IOException(), CancellationToken.None));

        _breaker.State.ShouldBe(CircuitState.Open);
    }

    [Fact]
    public async Task CallAsync_Open_RunsNothing()
    {
        await Should.ThrowAsync<IOException>(() => _breaker.CallAsync<int>(_ => throw new IOException(), CancellationToken.None));
        var ran = false;

        var exception = await Should.ThrowAsync<CircuitOpenException>(() => _breaker.CallAsync(_ => Task.FromResult(ran = true), CancellationToken.None));

        ran.ShouldBeFalse();
        exception.Name.ShouldBe("redis");
        exception.RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task CallAsync_CancelledByTheCaller_CountsAsNothing()
    {
        using var cancellation = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(() => _breaker.CallAsync<int>(
            async token =>
            {
                await cancellation.CancelAsync();
                token.ThrowIfCancellationRequested();
                return 0;
            },
            cancellation.Token));

        _breaker.State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public async Task CallAsync_TimeoutOfTheAction_IsAFailure()
    {
        await Should.ThrowAsync<OperationCanceledException>(() => _breaker.CallAsync<int>(_ => throw new TaskCanceledException(), CancellationToken.None));

        _breaker.State.ShouldBe(CircuitState.Open);
    }

    [Fact]
    public async Task CallAsync_ClientsMistake_CountsAsNothing()
    {
        await Should.ThrowAsync<FormatException>(() => _breaker.CallAsync<int>(
            _ => throw new FormatException(), CancellationToken.None, e => e is not FormatException));

        _breaker.State.ShouldBe(CircuitState.Closed);
    }
}
