using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>One transaction a batch: results, dead letters and offsets are visible together or not at all.</summary>
/// <remarks>
/// <list type="number">
/// <item><b>Begin</b> and produce. What cannot be delivered fails the commit; nobody needs to look at single deliveries.</item>
/// <item><b>Send the offsets</b> with the group's metadata as it is now. The broker refuses them when the partitions have another owner by then: that is what fences a consumer that
/// was away (KIP-447).</item>
/// <item><b>Commit.</b></item>
/// </list>
/// <para>What asks for an abort is aborted. A fatal error, or brokers that do not answer in time, leave the end open: <see cref="SendEnd.Broken"/>.</para>
/// <para>A producer that has lost its brokers is not used any further, although it would find them again, for two reasons. What it committed last may have come undone, see
/// <see cref="Settle"/>. And librdkafka (2.16) drops brokers that the cluster's metadata leave out for a moment, as those of a broker that starts do, but remembers one of them as the
/// group's coordinator: sending offsets then waits for a connection that nobody makes, without regard to its time limit (its issues 5511 and 5456).</para>
/// </remarks>
internal sealed partial class TransactionalOutput(
    IProducer<byte[]?, byte[]?> producer, OutputTopics topics, ProducerErrors errors, TimeSpan limit, TimeSpan patience, TimeProvider time, ILogger logger) : IBatchOutput
{
    private readonly BatchProducer _batches = new(producer, topics, limit, time);
    private readonly int _lossesBefore = errors.Losses;
    private readonly BoundedCall _sending = new();

    public bool IsInDoubt => errors.Losses != _lossesBefore;

    public SendEnd Send(StreamBatch batch, IConsumer<byte[]?, byte[]?> consumer)
    {
        // A member that was expelled, and has not polled since, has no name any more, and the broker fences nobody who has none: its offsets would be taken, and what others have done by now
        // would be there twice. Asked for in this order, because a name never comes back: whoever still has it had it a moment ago.
        var group = consumer.ConsumerGroupMetadata;
        if (consumer.MemberId != batch.Member)
        {
            return SendEnd.Aborted;
        }

        var started = _batches.Start();
        try
        {
            producer.BeginTransaction();
            _batches.Produce(batch, started);
            SendOffsets(batch.Ends(), group, started);
            if (IsInDoubt)
            {
                // A commit would close, on the partitions that both share, what the last transaction may have left open, and not on the others.
                return Abort(new Error(ErrorCode.Local_Transport, "The brokers were lost in the meantime"));
            }

            Retry(producer.CommitTransaction, started);
            return SendEnd.Committed;
        }
        catch (KafkaException e) when (e.Error.IsFatal || e is KafkaRetriableException)
        {
            // Out of time: the brokers are away, and an abort would have to wait for them, too. The next producer of this name does it.
            Fatal(logger, e.Error.Code.ToString(), e.Error.Reason);
            return SendEnd.Broken;
        }
        catch (KafkaException e)
        {
            return Abort(e.Error);
        }
        catch (Exception e)
        {
            // A bug, here or in the library: the transaction is open, and the next producer of this name aborts it.
            Unforeseen(logger, e);
            return SendEnd.Broken;
        }
    }

    /// <summary>Aborts a transaction that touches every partition of the trail.</summary>
    /// <remarks>
    /// A broker that comes up finishes what it finds decided, but skips partitions whose leader it has not heard of yet ("these partitions are likely deleted already", seen with Kafka
    /// 4.3). The transaction then stays open there for good, also one whose commit was answered already: readers of committed results stop in front of it, and the group's offset cannot
    /// be read. The next end marker of the same producer closes it. All partitions of a transaction are skipped together, its offsets among them; so an abort takes back the whole of
    /// it, and its messages come again. Where nothing was left open this does nothing that anybody sees.
    /// </remarks>
    public void Settle(TransactionTrail trail, IConsumer<byte[]?, byte[]?> consumer)
    {
        var started = _batches.Start();
        producer.BeginTransaction();
        foreach (var target in trail.Targets(topics))
        {
            _batches.Produce(target, new Message<byte[]?, byte[]?> { Value = [] }, started);
        }

        // An abort throws away what has not been sent, and with it the partition's place in the transaction.
        producer.Flush(_batches.Left(started));
        try
        {
            SendOffsets(trail.Beginnings, consumer.ConsumerGroupMetadata, started);
        }
        catch (KafkaTxnRequiresAbortException)
        {
            // Others own the partitions by now; the group's offsets are part of the transaction all the same.
        }

        Retry(producer.AbortTransaction, started);
    }

    public void Dispose()
    {
        if (_sending.Stuck is not { } stuck)
        {
            _batches.Dispose();
            return;
        }

        // In the middle of a call it must not be freed. The call comes back when some broker's connection changes, or never.
        _ = stuck.ContinueWith(_ => _batches.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>On a thread of its own: the library's time limit does not hold, see above.</summary>
    private void SendOffsets(IReadOnlyList<TopicPartitionOffset> offsets, IConsumerGroupMetadata group, long started)
    {
        if (!_sending.TryRun(() => Retry(left => producer.SendOffsetsToTransaction(offsets, group, left), started), limit + patience))
        {
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "Sending offsets does not come back; the producer is left behind", isFatal: true));
        }
    }

    private SendEnd Abort(Error cause)
    {
        Aborting(logger, cause.Code.ToString(), cause.Reason);
        try
        {
            Retry(producer.AbortTransaction, _batches.Start());
            return cause.Code.IsOthers() ? SendEnd.Aborted : cause.Code.IsRefusal() ? SendEnd.Refused : SendEnd.Failed;
        }
        catch (KafkaException e)
        {
            // A commit under way cannot be aborted, and a broker that is gone answers neither: only a new producer can tell.
            Fatal(logger, e.Error.Code.ToString(), e.Error.Reason);
            return SendEnd.Broken;
        }
    }

    /// <summary>Calls until it succeeds, fails for good, or the time is up. The calls wait by themselves: what can be retried comes back when their time is up.</summary>
    private void Retry(Action<TimeSpan> call, long started)
    {
        while (true)
        {
            try
            {
                call(_batches.Left(started));
                return;
            }
            catch (KafkaRetriableException) when (_batches.Left(started) > TimeSpan.Zero)
            {
                _batches.Wait();
            }
        }
    }

    [LoggerMessage(EventId = 810, Level = LogLevel.Warning, Message = "A transaction is aborted, its messages come again: {Code}, {Reason}")]
    private static partial void Aborting(ILogger logger, string code, string reason);

    [LoggerMessage(EventId = 813, Level = LogLevel.Error, Message = "Writing a batch failed in an unforeseen way; its messages come again, and the producer is made anew")]
    private static partial void Unforeseen(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 811, Level = LogLevel.Warning, Message = "A producer has to be made anew: {Code}, {Reason}")]
    private static partial void Fatal(ILogger logger, string code, string reason);
}
