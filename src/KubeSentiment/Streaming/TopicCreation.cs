using Confluent.Kafka;
using Confluent.Kafka.Admin;
using KubeSentiment.Resilience;

namespace KubeSentiment.Streaming;

/// <summary>Creates the topics that are missing, where the options ask for it.</summary>
internal sealed partial class TopicCreation(KafkaOptions options, KafkaClients clients, TimeProvider time, Random jitter, ILogger<TopicCreation> logger)
{
    private const short BrokersDefault = -1;
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(10);

    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), jitter);

    /// <summary>Tries until the brokers have said of every topic that it is there or may not be created.</summary>
    public async Task CreateMissingAsync(CancellationToken cancellationToken)
    {
        if (!options.CreateTopics)
        {
            return;
        }

        for (var repetition = 0; !await TryCreateAsync(); repetition++)
        {
            await Task.Delay(_backoff.Delay(repetition), time, cancellationToken);
        }
    }

    private async Task<bool> TryCreateAsync()
    {
        var topics = Names().Select(name => new TopicSpecification
        {
            Name = name,
            NumPartitions = options.TopicPartitions,
            ReplicationFactor = options.TopicReplicationFactor == 0 ? BrokersDefault : (short)options.TopicReplicationFactor,
        });
        try
        {
            using var admin = clients.OpenAdmin();
            await admin.CreateTopicsAsync(topics, new CreateTopicsOptions { RequestTimeout = Attempt, OperationTimeout = Attempt });
            Created(logger, string.Join(", ", Names()));
            return true;
        }
        catch (CreateTopicsException e)
        {
            foreach (var report in e.Results)
            {
                if (!report.Error.IsError)
                {
                    Created(logger, report.Topic);
                }
                else if (report.Error.Code != ErrorCode.TopicAlreadyExists)
                {
                    NotCreated(logger, report.Topic, report.Error.Code.ToString(), report.Error.Reason);
                }
            }

            // Another replica may be creating them at this moment: what is transient is tried again.
            return e.Results.TrueForAll(report => !IsTransient(report.Error.Code));
        }
        catch (KafkaException e)
        {
            NotCreated(logger, string.Join(", ", Names()), e.Error.Code.ToString(), e.Error.Reason);
            return false;
        }
        catch (Exception e)
        {
            // Nobody else would hear of it, and the consumers wait for this.
            Unforeseen(logger, string.Join(", ", Names()), e);
            return false;
        }
    }

    private IEnumerable<string> Names() =>
        options.DlqEnabled ? [options.Topic, options.ResultsTopic, options.DlqTopic, options.FeedbackTopic] : [options.Topic, options.ResultsTopic, options.FeedbackTopic];

    private static bool IsTransient(ErrorCode code) => code
        is ErrorCode.Local_TimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.RequestTimedOut
        or ErrorCode.NotController or ErrorCode.BrokerNotAvailable or ErrorCode.InvalidReplicationFactor;

    [LoggerMessage(EventId = 850, Level = LogLevel.Information, Message = "Created topics: {Topics}")]
    private static partial void Created(ILogger logger, string topics);

    [LoggerMessage(EventId = 851, Level = LogLevel.Warning, Message = "Topics {Topics} were not created: {Code}, {Reason}")]
    private static partial void NotCreated(ILogger logger, string topics, string code, string reason);

    [LoggerMessage(EventId = 852, Level = LogLevel.Error, Message = "Topics {Topics} were not created, for an unforeseen reason; consumers wait for them")]
    private static partial void Unforeseen(ILogger logger, string topics, Exception exception);
}
