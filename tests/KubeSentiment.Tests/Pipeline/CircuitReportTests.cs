using KubeSentiment.Pipeline;
using KubeSentiment.Resilience;

namespace KubeSentiment.Tests.Pipeline;

public class CircuitReportTests
{
    private static readonly Task Answered = Task.CompletedTask;
    private static readonly Task Broken = Task.FromException(new InvalidOperationException("broken"));
    private static readonly Task Cancelled = Task.FromCanceled(new CancellationToken(canceled: true));

    private readonly CircuitBreaker _breaker = new("model", failureThreshold: 1, TimeSpan.FromMinutes(1), TimeProvider.System);

    [Fact]
    public void Ended_AllFailed_CountsOnceAndAfterTheLast()
    {
        var report = Report(texts: 3);

        report.Ended(Broken);
        report.Ended(Cancelled);
        _breaker.State.ShouldBe(CircuitState.Closed);
        report.Ended(Broken);

        _breaker.State.ShouldBe(CircuitState.Open);
        _breaker.Snapshot().ConsecutiveFailures.ShouldBe(1);
    }

    [Fact]
    public void Ended_OneAnswered_TheModelWorks()
    {
        var report = Report(texts: 3);

        report.Ended(Broken);
        report.Ended(Answered);
        report.Ended(Broken);

        _breaker.State.ShouldBe(CircuitState.Closed);
        _breaker.Snapshot().ConsecutiveFailures.ShouldBe(0);
    }

    [Fact]
    public void Ended_AllCancelled_SaysNothingOfTheModel()
    {
        var report = Report(texts: 2);

        report.Ended(Cancelled);
        report.Ended(Cancelled);

        _breaker.State.ShouldBe(CircuitState.Closed);
        _breaker.Snapshot().ConsecutiveFailures.ShouldBe(0);
    }

    [Fact]
    public async Task Ended_ByManyThreads_CountsEachCallOnce()
    {
        var breaker = new CircuitBreaker("model", failureThreshold: int.MaxValue, TimeSpan.FromMinutes(1), TimeProvider.System);
        const int Calls = 2000;
        for (var call = 0; call < Calls; call++)
        {
            breaker.TryEnter(out var circuit).ShouldBeTrue();
            var report = new CircuitReport(circuit, 4);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => report.Ended(Broken))));
        }

        breaker.Snapshot().ConsecutiveFailures.ShouldBe(Calls);
    }

    private CircuitReport Report(int texts)
    {
        _breaker.TryEnter(out var circuit).ShouldBeTrue();
        return new CircuitReport(circuit, texts);
    }
}
