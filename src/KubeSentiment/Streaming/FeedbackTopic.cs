using System.Diagnostics.Metrics;
using Confluent.Kafka;
using KubeSentiment.Observability;
using KubeSentiment.Resilience;

namespace KubeSentiment.Streaming;

/// <summary>Writes feedback to its topic, and knows that it is there before the caller is told so.</summary>
internal sealed partial class FeedbackTopic : IDisposable
{
    private readonly KafkaOptions _options;
    private readonly Func<ProducerErrors, IProducer<byte[]?, byte[]?>> _open;
    private readonly CircuitBreaker _breaker;
    private readonly ILogger<FeedbackTopic> _logger;
    private readonly Counter<long> _messages;

    private readonly Lock _opening = new();

    // Guarded by _opening. Opened by the first feedback, because most installations see none for hours; where that fails, the next one tries again.
    private IProducer<byte[]?, byte[]?>? _producer;
    private ProducerErrors _errors = new();

    public FeedbackTopic(KafkaOptions options, Func<ProducerErrors, IProducer<byte[]?, byte[]?>> open, CircuitBreakers breakers, IMeterFactory meters, ILogger<FeedbackTopic> logger)
    {
        _options = options;
        _breaker = breakers.Get(CircuitBreakers.KafkaFeedback);
        _logger = logger;
        _open = open;
        _messages = meters.Create(MetricNames.Meter).CreateCounter<long>(MetricNames.KafkaFeedback, null, "Feedback by what became of it: written, failed, refused.");
    }

    /// <summary>Writes a message and waits, for at most <c>MLOPS_KAFKA_FEEDBACK_TIMEOUT_MS</c>, until the brokers have it.</summary>
    /// <returns>Null when it is written; otherwise how long to wait before the next attempt.</returns>
    public async Task<TimeSpan?> WriteAsync(byte[] key, byte[] value)
    {
        if (!_breaker.TryEnter(out var call))
        {
            Count("refused");
            return _breaker.RetryAfter;
        }

        using var span = KafkaSpan.StartSend(_options.FeedbackTopic);
        IProducer<byte[]?, byte[]?>? producer = null;
        try
        {
            producer = Producer();
            // Not the caller's cancellation: a message on its way cannot be called back, and the breaker wants to know what becomes of it.
            await producer.ProduceAsync(_options.FeedbackTopic, new Message<byte[]?, byte[]?> { Key = key, Value = value });
            call.Succeeded();
            Count("written");
            return null;
        }
        catch (KafkaException e)
        {
            if (e.Error.Code.IsRefusal())
            {
                // This one's size is at fault, and says nothing about the brokers.
                call.Abandoned();
            }
            else
            {
                call.Failed();
            }

            Tracing.Fail(span, e.Error.Code.ToString());
            PutAwayIfFailed(producer!);
            Count("failed");
            NotWritten(_logger, e.Error.Code.ToString(), e.Error.Reason);
            return TimeSpan.FromSeconds(1);
        }
        catch (Exception e)
        {
            call.Failed();
            Count("failed");
            Unforeseen(_logger, e);
            return TimeSpan.FromSeconds(1);
        }
    }

    public void Dispose()
    {
        lock (_opening)
        {
            _producer?.Dispose();
        }
    }

    private IProducer<byte[]?, byte[]?> Producer()
    {
        lock (_opening)
        {
            return _producer ??= _open(_errors);
        }
    }

    /// <summary>Leaves a producer that will never write again, as after it was not allowed to: the next feedback gets a new one.</summary>
    private void PutAwayIfFailed(IProducer<byte[]?, byte[]?> producer)
    {
        lock (_opening)
        {
            if (_producer != producer || !_errors.HasFailed)
            {
                return;
            }

            (_producer, _errors) = (null, new ProducerErrors());
        }

        // Others may still wait for their answers from it.
        _ = Task.Run(() =>
        {
            producer.Flush(_options.FeedbackTimeout);
            producer.Dispose();
        });
    }

    private void Count(string outcome) => _messages.Add(1, new KeyValuePair<string, object?>(MetricNames.Labels.Outcome, outcome));

    [LoggerMessage(EventId = 860, Level = LogLevel.Warning, Message = "Feedback was not written: {Code}, {Reason}")]
    private static partial void NotWritten(ILogger logger, string code, string reason);

    [LoggerMessage(EventId = 861, Level = LogLevel.Error, Message = "Feedback was not written, for an unforeseen reason")]
    private static partial void Unforeseen(ILogger logger, Exception exception);
}
