using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Writes results and dead letters, waits until the brokers have them, and then commits the offsets: after a failure in between, they are written again.</summary>
/// <remarks>A commit has no time limit of the library's: while the group's coordinator is away it waits, for as long as that takes. So it is left behind, and nothing is written before it has come back.</remarks>
internal sealed partial class AtLeastOnceOutput(
    IProducer<byte[]?, byte[]?> producer, OutputTopics topics, ProducerErrors errors, TimeSpan limit, TimeSpan patience, TimeProvider time, ILogger logger) : IBatchOutput
{
    private readonly BatchProducer _batches = new(producer, topics, limit, time);
    private readonly BoundedCall _commit = new();

    // Written by the producer's thread, read after the flush.
    private volatile Error? _undelivered;

    /// <summary>What is acknowledged stays.</summary>
    public bool IsInDoubt => false;

    public SendEnd Send(StreamBatch batch, IConsumer<byte[]?, byte[]?> consumer)
    {
        var started = _batches.Start();
        // Late as it is, it would set the offsets back behind those of this batch.
        if (!_commit.HasEnded(limit))
        {
            NotWritten(logger, ErrorCode.Local_TimedOut.ToString(), "the last commit has not come back");
            return SendEnd.Failed;
        }

        _undelivered = null;
        try
        {
            _batches.Produce(batch, started, Delivered);
            if (producer.Flush(_batches.Left(started)) > 0)
            {
                // What is still under way may be delivered yet; a new producer makes sure that it is not mixed up with what comes next.
                NotWritten(logger, ErrorCode.Local_TimedOut.ToString(), "not delivered in time");
                return SendEnd.Broken;
            }

            if (_undelivered is { } error)
            {
                NotWritten(logger, error.Code.ToString(), error.Reason);
                return End(error);
            }

            var ends = batch.Ends();
            if (!_commit.TryRun(() => consumer.Commit(ends), _batches.Left(started) + patience))
            {
                NotWritten(logger, ErrorCode.Local_TimedOut.ToString(), "the commit does not come back");
                return SendEnd.Failed;
            }

            return SendEnd.Committed;
        }
        catch (KafkaException e)
        {
            NotWritten(logger, e.Error.Code.ToString(), e.Error.Reason);
            return End(e.Error);
        }
        catch (Exception e)
        {
            Unforeseen(logger, e);
            return SendEnd.Broken;
        }
    }

    /// <summary>Nothing stays open without transactions.</summary>
    public void Settle(TransactionTrail trail, IConsumer<byte[]?, byte[]?> consumer)
    {
    }

    public void Dispose()
    {
        // It ends with the consumer, which has left its group by now, and must not be freed in the middle of it.
        _commit.HasEnded(limit);
        _batches.Dispose();
    }

    private SendEnd End(Error error) => errors.HasFailed ? SendEnd.Broken : error.Code.IsOthers() ? SendEnd.Aborted : error.Code.IsRefusal() ? SendEnd.Refused : SendEnd.Failed;

    private void Delivered(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.IsError)
        {
            _undelivered = report.Error;
        }
    }

    [LoggerMessage(EventId = 814, Level = LogLevel.Error, Message = "Writing a batch failed in an unforeseen way; its messages come again, and the producer is made anew")]
    private static partial void Unforeseen(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 812, Level = LogLevel.Warning, Message = "A batch was not written or not committed, its messages come again: {Code}, {Reason}")]
    private static partial void NotWritten(ILogger logger, string code, string reason);
}
