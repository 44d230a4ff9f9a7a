using System.Collections.Concurrent;
using System.Diagnostics;
using KubeSentiment.Observability;
using KubeSentiment.Pipeline;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>What the trace of a call tells of its way.</summary>
public sealed class PipelineSpanTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _listener;
    private readonly Activity _caller = new Activity("caller").Start();

    public PipelineSpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source == Tracing.Source,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Span_OfACall_SaysWhoAnsweredAndWhatTheModelTook()
    {
        await using var service = new TestService();
        var pipeline = service.Services.GetRequiredService<SentimentPipeline>();
        await pipeline.PredictAsync(["known"], Cancellation);

        await pipeline.PredictAsync(["known", "new", "newer", ""], Cancellation);

        var span = Mine("predict").Last();
        span.GetTagItem("sentiment.texts").ShouldBe(4);
        (span.GetTagItem("sentiment.texts.l1"), span.GetTagItem("sentiment.texts.model"), span.GetTagItem("sentiment.texts.rejected")).ShouldBe((1, 2, 1));
        span.GetTagItem("sentiment.inference_time_ms").ShouldBeOfType<double>().ShouldBeGreaterThan(0);
        span.GetTagItem("sentiment.queue_time_ms").ShouldBeOfType<double>().ShouldBeGreaterThanOrEqualTo(0);
        span.Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task Span_OfACallThatHadToWait_HoldsTheWait()
    {
        await using var service = TestService.With(("Load:MaxConcurrentRequests", "1"), ("Load:OverloadTexts", "1"));
        var pipeline = service.Services.GetRequiredService<SentimentPipeline>();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => pipeline.PredictAsync([$"text {i}"], Cancellation)));

        var wait = Mine("wait at the gate").ToList();
        wait.ShouldNotBeEmpty();
        wait.ShouldAllBe(span => span.Duration > TimeSpan.Zero && span.Parent!.OperationName == "predict");
    }

    [Fact]
    public void Waited_NotAtAll_IsNoSpan()
    {
        Tracing.Waited("no wait", TimeSpan.Zero, TimeProvider.System);

        Mine("no wait").ShouldBeEmpty();
    }

    public void Dispose()
    {
        _caller.Dispose();
        _listener.Dispose();
    }

    /// <summary>Other tests make spans, too.</summary>
    private IEnumerable<Activity> Mine(string name) => _spans.Where(span => span.OperationName == name && span.TraceId == _caller.TraceId);
}
