using System.Diagnostics.Metrics;
using System.Text;
using KubeSentiment.Inference;
using KubeSentiment.Pipeline;
using KubeSentiment.Streaming;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
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
        using var batch = Batch("good", "", "{\"text\":", "{\"id\":\"x\",\"text\":\"bad\"}");

        await RunAsync(service, batch, new KafkaOptions());

        batch.Records.Select(record => record.Outgoing!.Value.IsDeadLetter).ShouldBe([false, true, true, false]);
        Encoding.UTF8.GetString(batch.Records[3].Outgoing!.Value.Message.Value!).ShouldStartWith("{\"id\":\"x\",");
        Reason(batch.Records[1]).ShouldBe("empty");
        Reason(batch.Records[2]).ShouldBe("broken_json");
    }

    [Fact]
    public async Task Predict_DeadLettersOff_PoisonHasNone()
    {
        await using var service = new TestService();
        using var batch = Batch("");

        await RunAsync(service, batch, new KafkaOptions { DlqEnabled = false });

        batch.Records[0].Outgoing.ShouldBeNull();
    }

    [Fact]
    public async Task Predict_TextThatBreaksTheModel_IsADeadLetterAfterItsRetriesAndLeavesOthersAlone()
    {
        using var model = new BreakableModel();
        await using var service = TestService.With(("Inference:OnnxModelPath", model.Folder), ("Resilience:FailureThreshold", "100"));
        using var batch = Batch("a good text", BreakableModel.Word, "another text");

        await RunAsync(service, batch, new KafkaOptions { MaxRetries = 2 });

        batch.Records.Select(record => record.Outgoing!.Value.IsDeadLetter).ShouldBe([false, true, false]);
        Reason(batch.Records[1]).ShouldBe("model_failed");
        Encoding.UTF8.GetString(batch.Records[1].Outgoing!.Value.Message.Headers.GetLastBytes("dead-letter-attempts")).ShouldBe("3");
    }

    [Fact]
    public async Task Predict_ResultLargerThanAllowed_IsADeadLetter()
    {
        await using var service = new TestService();
        using var batch = Batch($$"""{"text":"good","metadata":"{{new string('m', 1_500)}}"}""", "good");

        await RunAsync(service, batch, new KafkaOptions { MaxMessageBytes = 1_500 });

        Reason(batch.Records[0]).ShouldBe("result_too_large");
        batch.Records[1].Outgoing!.Value.IsDeadLetter.ShouldBeFalse();
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
            new Random(1));
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
