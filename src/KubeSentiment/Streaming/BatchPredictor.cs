using Confluent.Kafka;
using KubeSentiment.Inference;
using KubeSentiment.Pipeline;
using KubeSentiment.Resilience;
using KubeSentiment.Streaming.Messages;

namespace KubeSentiment.Streaming;

/// <summary>Turns the messages of a batch into results and dead letters.</summary>
/// <remarks>
/// <list type="number">
/// <item><b>Read</b> each value. What can never be processed becomes a dead letter, whatever state the service is in.</item>
/// <item><b>Predict</b> all texts. A service that is ill (model, Redis, a full gate) is waited for, without end: messages are not to blame for it.</item>
/// <item><b>Tell ill from poison.</b> A text on which the model failed is tried again, in the company of a text of the service's own. When that one is answered and this one fails
/// again, the attempt counts; after <c>MLOPS_KAFKA_MAX_RETRIES</c> of them it is the text's fault. When both fail, the model is ill and nothing counts.</item>
/// <item><b>Write</b> what goes out.</item>
/// </list>
/// <para>Reading, writing and burying take one message at a time, and a bug that one of them meets costs that message alone: it becomes a dead letter that holds nothing of it. A bug in predicting fails the batch, which comes
/// again: there it may as well be the service that is ill.</para>
/// <para>One at a time for each consumer; the work itself runs on the pool.</para>
/// </remarks>
internal sealed partial class BatchPredictor(
    PatientPipeline pipeline, SentimentModel model, KafkaOptions options, int maxTextLength, StreamingMetrics metrics, TimeProvider time, Random jitter, ILogger logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    /// <summary>The times that a calendar of four digits has.</summary>
    private static readonly long Earliest = new DateTimeOffset(DateTime.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly long Latest = new DateTimeOffset(DateTime.MaxValue, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly Backoff _backoff = new(FirstDelay, LongestDelay, jitter);

    /// <summary>Sets the outgoing message of every record.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants the batch any more.</exception>
    public async Task PredictAsync(StreamBatch batch)
    {
        var records = batch.Records;
        using var span = KafkaSpan.StartBatch(options, records);

        // 1. Read.
        List<Asked> asked = new(records.Count);
        foreach (var record in records)
        {
            if (TryRead(record) is { } request)
            {
                asked.Add(new Asked(record, request));
            }
        }

        if (asked.Count == 0)
        {
            return;
        }

        // 2. Predict.
        var outcomes = await AskAsync(asked, batch.Abandoned);

        // 3. Tell ill from poison.
        List<Asked> failed = [];
        using var writer = new ResultWriter(model.Folder.Name, model.Fingerprint);
        Sort(asked, outcomes, failed, writer);
        for (var (attempts, repetition) = (1, 0); failed.Count > 0; repetition++)
        {
            if (attempts > options.MaxRetries)
            {
                failed.ForEach(text => Bury(text.Record, PoisonReason.ModelFailed, attempts));
                return;
            }

            await Task.Delay(_backoff.Delay(repetition), time, batch.Abandoned);
            var (again, isWell) = await AskAgainAsync(failed, repetition, batch.Abandoned);
            attempts += isWell ? 1 : 0;
            List<Asked> still = [];
            Sort(failed, again, still, writer);
            failed = still;
        }
    }

    private RequestMessage? TryRead(StreamRecord record)
    {
        try
        {
            return Read(record);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            BuryUnforeseen(record, e);
            return null;
        }
    }

    /// <summary>What a message asks; null where it can never be processed, which is dealt with.</summary>
    private RequestMessage? Read(StreamRecord record)
    {
        if (record.Refusals > options.MaxRetries)
        {
            Refused(logger, record.Source.ToString(), record.Refusals);
            BuryBare(record, PoisonReason.Refused, record.Refusals);
            return null;
        }

        var reason = MessageReader.Read(record.Consumed.Message.Value, out var request) ?? Fault(TextRules.Check(request.Text, maxTextLength));
        if (reason is { } poison)
        {
            Bury(record, poison, attempts: 1);
            return null;
        }

        return request;
    }

    private Task<PredictionOutcome[]> AskAsync(List<Asked> texts, CancellationToken cancellationToken) =>
        pipeline.PredictAsync(texts.ConvertAll(text => text.Request.Text), index => texts[index].Record.Source.ToString(), cancellationToken);

    /// <summary>Asks again, each text together with one that no cache can know: it shows that the model works, to us and to the model's breaker.</summary>
    private async Task<(PredictionOutcome[] Outcomes, bool IsWell)> AskAgainAsync(List<Asked> texts, int repetition, CancellationToken cancellationToken)
    {
        var pairs = await Task.WhenAll(texts.Select(text => pipeline.PredictAsync(
            [text.Request.Text, $"Control {repetition} of {text.Record.Source}: this is fine."], nameOf: null, cancellationToken)));
        return ([.. pairs.Select(pair => pair[0])], Array.TrueForAll(pairs, pair => pair[1] is PredictionOutcome.Predicted));
    }

    private void Sort(List<Asked> texts, PredictionOutcome[] outcomes, List<Asked> failed, ResultWriter writer)
    {
        var now = time.GetUtcNow().UtcDateTime;
        for (var i = 0; i < outcomes.Length; i++)
        {
            switch (outcomes[i])
            {
                case PredictionOutcome.Predicted(var prediction):
                    TryAnswer(texts[i], prediction, now, writer);
                    break;
                case PredictionOutcome.Rejected(var fault):
                    Bury(texts[i].Record, Fault(fault)!.Value, attempts: 1);
                    break;
                default:
                    failed.Add(texts[i]);
                    break;
            }
        }
    }

    private void TryAnswer(Asked text, Prediction prediction, DateTime now, ResultWriter writer)
    {
        try
        {
            Answer(text, prediction, now, writer);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            BuryUnforeseen(text.Record, e);
        }
    }

    private void Answer(Asked text, Prediction prediction, DateTime now, ResultWriter writer)
    {
        var original = text.Record.Consumed.Message;
        var value = writer.Write(text.Record.Source, text.Request, prediction, TimeOf(original.Timestamp), now);
        var message = new Message<byte[]?, byte[]?> { Key = original.Key, Value = value, Headers = original.Headers };
        if (DeadLetter.SizeOf(message) > options.MaxMessageBytes)
        {
            Bury(text.Record, PoisonReason.ResultTooLarge, attempts: 1);
            return;
        }

        text.Record.Outgoing = new OutgoingMessage(message, IsDeadLetter: false);
    }

    private void Bury(StreamRecord record, PoisonReason reason, int attempts)
    {
        try
        {
            if (options.DlqEnabled)
            {
                var letter = DeadLetter.Of(record.Consumed.Message, record.Source, reason, attempts, options.MaxMessageBytes);
                record.Outgoing = new OutgoingMessage(letter, IsDeadLetter: true);
            }

            metrics.Buried(reason);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            BuryUnforeseen(record, e);
        }
    }

    /// <summary>A bug that comes with one message must not hold up those behind it. Without memory it would be the service that is ill, and no message is to blame for that.</summary>
    private void BuryUnforeseen(StreamRecord record, Exception exception)
    {
        Unforeseen(logger, record.Source.ToString(), exception);
        BuryBare(record, PoisonReason.Unforeseen, attempts: 1);
    }

    private void BuryBare(StreamRecord record, PoisonReason reason, int attempts)
    {
        metrics.Buried(reason);
        if (options.DlqEnabled)
        {
            record.Outgoing = new OutgoingMessage(DeadLetter.Bare(record.Consumed.Message, record.Source, reason, attempts), IsDeadLetter: true);
        }
    }

    /// <summary>Kafka takes any number for a time, and there are senders of microseconds.</summary>
    private static DateTime? TimeOf(Timestamp time) =>
        time.Type != TimestampType.NotAvailable && time.UnixTimestampMs >= Earliest && time.UnixTimestampMs <= Latest
            ? DateTime.UnixEpoch.AddMilliseconds(time.UnixTimestampMs)
            : null;

    private static PoisonReason? Fault(TextFault? fault) => fault switch
    {
        null => null,
        TextFault.TooLong => PoisonReason.TooLong,
        _ => PoisonReason.Empty,
    };

    /// <summary>A message that asks for a prediction.</summary>
    private readonly record struct Asked(StreamRecord Record, RequestMessage Request);

    [LoggerMessage(EventId = 870, Level = LogLevel.Error, Message = "Message {Source} could not be processed, in an unforeseen way; it is a dead letter")]
    private static partial void Unforeseen(ILogger logger, string source, Exception exception);

    [LoggerMessage(EventId = 871, Level = LogLevel.Warning, Message = "Kafka has refused the result of {Source} {Refusals} times; its dead letter only says where it is")]
    private static partial void Refused(ILogger logger, string source, int refusals);
}
