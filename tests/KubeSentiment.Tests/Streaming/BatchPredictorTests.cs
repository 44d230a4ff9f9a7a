using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Confluent.Kafka;
using KubeSentiment.Inference;
using KubeSentiment.Observability;
using KubeSentiment.Pipeline;
using KubeSentiment.Streaming;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Streaming;

/// <summary>What becomes of messages, with the real main path behind.</summary>
public sealed class BatchPredictorTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Predict_GoodAndPoison_EachHasItsOutgoingMessage()
    {
        await using var service = new TestService();
        var batch = Batch("good", "", "{\"text\":", "{\"id\":\"x\",\"text\":\"bad\"}");

        await RunAsync(service, batch, new KafkaOptions());

        batch.Records.Select(record => record.Outgoing!.Value.IsDeadLetter).ShouldBe([false, true, true, false]);
        Encoding.UTF8.GetString(batch.Records[3].Outgoing!.Value.Message.Value!).ShouldStartWith("{\"id\":\"x\",");
        Reason(batch.Records[1]).ShouldBe("empty");
        Reason(batch.Records[2]).ShouldBe("broken_json");
    }

    [Theory]
    [InlineData(-62_135_604_000_000)]
    [InlineData(1_700_000_000_000_000)]
    public async Task Predict_TimeThatNoCalendarKnows_IsAnsweredWithoutIt(long milliseconds)
    {
        await using var service = new TestService();
        var batch = Batch("good");
        batch.Records[0].Consumed.Message.Timestamp = new Timestamp(milliseconds, TimestampType.CreateTime);

        await RunAsync(service, batch, new KafkaOptions());

        var outgoing = batch.Records[0].Outgoing!.Value;
        outgoing.IsDeadLetter.ShouldBeFalse();
        Encoding.UTF8.GetString(outgoing.Message.Value!).ShouldContain("\"received_at\":null");
    }

    [Fact]
    public async Task Predict_TimeOfTheMessage_IsInTheResult()
    {
        await using var service = new TestService();
        var batch = Batch("good");
        batch.Records[0].Consumed.Message.Timestamp = new Timestamp(1_700_000_000_123, TimestampType.LogAppendTime);

        await RunAsync(service, batch, new KafkaOptions());

        Encoding.UTF8.GetString(batch.Records[0].Outgoing!.Value.Message.Value!).ShouldContain("\"received_at\":\"2023-11-14T22:13:20.123Z\"");
    }

    /// <summary>Where its result is written, and where it cannot be processed and its dead letter is.</summary>
    [Theory]
    [InlineData("good")]
    [InlineData("")]
    public async Task Predict_OneMessageFailsInAnUnforeseenWay_IsADeadLetterAndLeavesOthersAlone(string text)
    {
        await using var service = new TestService();
        var batch = Batch(text, "bad");
        var header = new Header("name", []);
        // Nothing that a broker sends leads here, so it takes force.
        typeof(Header).GetProperty(nameof(Header.Key))!.SetValue(header, null);
        batch.Records[0].Consumed.Message.Headers.Add(header);

        await RunAsync(service, batch, new KafkaOptions());

        batch.Records.Select(record => record.Outgoing!.Value.IsDeadLetter).ShouldBe([true, false]);
        Reason(batch.Records[0]).ShouldBe("unforeseen");
    }

    [Fact]
    public async Task Predict_RefusedByKafkaTooOften_IsADeadLetterWithNothingOfTheMessage()
    {
        await using var service = new TestService();
        var batch = new StreamBatch();
        batch.Add(Batches.Message(0, 7), refusals: 4);
        batch.Add(Batches.Message(0, 8), refusals: 3);

        await RunAsync(service, batch, new KafkaOptions { MaxRetries = 3 });

        batch.Records.Select(record => record.Outgoing!.Value.IsDeadLetter).ShouldBe([true, false]);
        Reason(batch.Records[0]).ShouldBe("refused");
        batch.Records[0].Outgoing!.Value.Message.Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task Predict_DeadLettersOff_PoisonHasNone()
    {
        await using var service = new TestService();
        var batch = Batch("");

        await RunAsync(service, batch, new KafkaOptions { DlqEnabled = false });

        batch.Records[0].Outgoing.ShouldBeNull();
    }

    [Fact]
    public async Task Predict_TextThatBreaksTheModel_IsADeadLetterAfterItsRetriesAndLeavesOthersAlone()
    {
        using var model = new BreakableModel();
        await using var service = TestService.With(("Inference:OnnxModelPath", model.Folder), ("Resilience:FailureThreshold", "100"));
        var batch = Batch("a good text", BreakableModel.Word, "another text");

        await RunAsync(service, batch, new KafkaOptions { MaxRetries = 2 });

        batch.Records.Select(record => record.Outgoing!.Value.IsDeadLetter).ShouldBe([false, true, false]);
        Reason(batch.Records[1]).ShouldBe("model_failed");
        Encoding.UTF8.GetString(batch.Records[1].Outgoing!.Value.Message.Headers.GetLastBytes("dead-letter-attempts")).ShouldBe("3");
    }

    [Fact]
    public async Task Predict_ResultLargerThanAllowed_IsADeadLetter()
    {
        await using var service = new TestService();
        var batch = Batch($$"""{"text":"good","metadata":"{{new string('m', 1_500)}}"}""", "good");

        await RunAsync(service, batch, new KafkaOptions { MaxMessageBytes = 1_500 });

        Reason(batch.Records[0]).ShouldBe("result_too_large");
        batch.Records[1].Outgoing!.Value.IsDeadLetter.ShouldBeFalse();
    }

    [Fact]
    public async Task Predict_SendersHaveTraces_ItsSpanLeadsToThem()
    {
        var sender = ActivityContext.Parse($"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01", traceState: null);
        ConcurrentQueue<Activity> spans = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source == Tracing.Source,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var service = new TestService();
        var batch = Batch("good", "bad");
        batch.Records[0].Consumed.Message.Headers = new Headers { { "traceparent", Encoding.UTF8.GetBytes($"00-{sender.TraceId}-{sender.SpanId}-01") } };
        batch.Records[1].Consumed.Message.Headers = new Headers { { "traceparent", "none of ours"u8.ToArray() } };

        await RunAsync(service, batch, new KafkaOptions());

        // Other tests make spans, too.
        var span = spans.Single(one => one.Links.Any(link => link.Context.SpanId == sender.SpanId));
        (span.OperationName, span.Kind, span.ParentSpanId, span.Links.Count()).ShouldBe(("process sentiment_requests", ActivityKind.Consumer, default, 1));
        span.GetTagItem("messaging.batch.message_count").ShouldBe(2);
        spans.Single(one => one.ParentSpanId == span.SpanId).OperationName.ShouldBe("predict");
    }

    [Fact]
    public async Task Predict_BatchIsDropped_Ends()
    {
        using var model = new BreakableModel();
        await using var service = TestService.With(("Inference:OnnxModelPath", model.Folder));
        var batch = Batch(BreakableModel.Word);

        var prediction = Predictor(service, new KafkaOptions()).PredictAsync(batch);
        batch.DropAll();

        await Should.ThrowAsync<OperationCanceledException>(prediction);
    }

    private static StreamBatch Batch(params string[] values)
    {
        var batch = new StreamBatch();
        for (var offset = 0; offset < values.Length; offset++)
        {
            batch.Add(Batches.Message(0, offset, values[offset]));
        }

        return batch;
    }

    private static string Reason(StreamRecord record) => Encoding.UTF8.GetString(record.Outgoing!.Value.Message.Headers.GetLastBytes("dead-letter-reason"));

    private BatchPredictor Predictor(TestService service, KafkaOptions options)
    {
        // The first request waits until the service is ready.
        var services = service.Services;
        return new BatchPredictor(
            services.GetRequiredService<PatientPipeline>(),
            services.GetRequiredService<SentimentModel>(),
            options,
            10_000,
            new StreamingMetrics(options, services.GetRequiredService<IMeterFactory>(), _time),
            _time,
            new Random(1),
            NullLogger.Instance);
    }

    private async Task RunAsync(TestService service, StreamBatch batch, KafkaOptions options)
    {
        var prediction = Predictor(service, options).PredictAsync(batch);
        while (!prediction.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await prediction;
    }
}
