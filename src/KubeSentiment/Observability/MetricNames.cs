namespace KubeSentiment.Observability;

/// <summary>Every metric, label and bucket of the service. Names are given as instruments; Prometheus adds <c>_total</c> to counters and the unit.</summary>
internal static class MetricNames
{
    public const string Meter = "KubeSentiment";

    // HTTP
    public const string RequestDuration = "sentiment_request_duration";
    public const string RequestsInHand = "sentiment_http_requests_in_hand";

    // Texts
    public const string Texts = "sentiment_texts";
    public const string Predictions = "sentiment_predictions";

    // Model
    public const string ModelInfo = "sentiment_model_info";
    public const string ModelReady = "sentiment_ready";
    public const string InferenceDuration = "sentiment_inference_duration";
    public const string InferenceErrors = "sentiment_inference_errors";
    public const string InferenceTexts = "sentiment_inference_texts";
    public const string BrownOutTexts = "sentiment_brownout_texts";
    public const string BatchTexts = "sentiment_batch_texts";
    public const string BatchTokens = "sentiment_batch_tokens";
    public const string QueueDuration = "sentiment_queue_duration";
    public const string QueueTexts = "sentiment_queue_texts";
    public const string QueueCapacity = "sentiment_queue_capacity";

    // Caching: in memory
    public const string CacheHits = "sentiment_cache_hits";
    public const string CacheMisses = "sentiment_cache_misses";
    public const string CacheEvictions = "sentiment_cache_evictions";
    public const string CacheEntries = "sentiment_cache_entries";
    public const string CacheBytes = "sentiment_cache_bytes";
    public const string CacheMaxEntries = "sentiment_cache_max_entries";
    public const string CacheMaxBytes = "sentiment_cache_max_bytes";

    // Caching: in Redis
    public const string CacheSkippedLookups = "sentiment_cache_skipped_lookups";
    public const string CacheSparedLookups = "sentiment_cache_spared_lookups";
    public const string CacheDroppedWrites = "sentiment_cache_dropped_writes";
    public const string CacheWriteQueue = "sentiment_cache_write_queue";
    public const string CacheWriteQueueCapacity = "sentiment_cache_write_queue_capacity";
    public const string RedisHits = "redis_cache_hits";
    public const string RedisMisses = "redis_cache_misses";
    public const string RedisErrors = "redis_cache_errors";
    public const string RedisOperationDuration = "redis_operation_duration";
    public const string RedisConnections = "redis_connections_active";
    public const string RedisSize = "redis_cache_size_bytes";

    // Anomalies
    public const string AnomalyDetected = "anomaly_detected";
    public const string AnomalyBufferSize = "anomaly_buffer_size";
    public const string AnomalyBufferEvictions = "anomaly_buffer_evictions";
    public const string AnomalyBufferCapacity = "sentiment_anomaly_buffer_capacity";
    public const string AnomalyBufferBytes = "sentiment_anomaly_buffer_bytes";

    // Load: the names an autoscaler's rule uses
    public const string ActiveRequests = "sentiment_active_requests";
    public const string QueuedRequests = "sentiment_queued_requests";
    public const string AdmissionCapacity = "sentiment_admission_capacity";
    public const string AdmissionQueueCapacity = "sentiment_admission_queue_capacity";
    public const string AdmissionWait = "sentiment_admission_wait";
    public const string AdmissionPressure = "sentiment_admission_pressure";
    public const string AdmissionRefused = "sentiment_admission_refused";
    public const string CpuUtilization = "sentiment_cpu_utilization";
    public const string MemoryUtilization = "sentiment_memory_utilization";
    public const string HealthScore = "sentiment_health_score";
    public const string ShouldScaleUp = "sentiment_should_scale_up";
    public const string ShouldScaleDown = "sentiment_should_scale_down";

    // Resilience
    public const string BreakerState = "sentiment_circuit_breaker_state";
    public const string BreakerTransitions = "sentiment_circuit_breaker_transitions";
    public const string BreakerRejected = "sentiment_circuit_breaker_rejected";

    // Streaming
    public const string KafkaConsumed = "kafka_messages_consumed";
    public const string KafkaProcessed = "kafka_messages_processed";
    public const string KafkaLag = "kafka_consumer_lag";
    public const string KafkaThroughput = "kafka_throughput_tps";
    public const string KafkaDeadLetters = "kafka_dead_letters";
    public const string KafkaTransactions = "kafka_batches_written";
    public const string KafkaCommitDuration = "kafka_commit_duration";
    public const string KafkaRebalances = "kafka_partitions_moved";
    public const string KafkaRebuilds = "kafka_clients_rebuilt";
    public const string KafkaPartitions = "kafka_assigned_partitions";
    public const string KafkaConsumers = "kafka_consumers";
    public const string KafkaPollAge = "kafka_last_poll_age";
    public const string KafkaBatchSize = "kafka_batch_size";
    public const string KafkaFeedback = "kafka_feedback_messages";

    // Jobs
    public const string JobsSubmitted = "sentiment_jobs_submitted";
    public const string JobsRefused = "sentiment_jobs_refused";
    public const string JobsEnded = "sentiment_jobs_ended";
    public const string JobsUnfinished = "sentiment_jobs_unfinished";
    public const string JobsKept = "sentiment_jobs_kept";
    public const string JobsMax = "sentiment_jobs_max";
    public const string JobTexts = "sentiment_job_texts";
    public const string JobTextsWaiting = "sentiment_job_texts_waiting";
    public const string JobTextsMax = "sentiment_job_texts_max";
    public const string JobBytes = "sentiment_job_bytes";
    public const string JobBytesMax = "sentiment_job_bytes_max";
    public const string JobChunks = "sentiment_job_chunks";
    public const string JobChunkDuration = "sentiment_job_chunk_duration";
    public const string JobStoreUp = "sentiment_job_store_up";

    public const string Seconds = "s";

    /// <summary>From what a cached answer takes to the request timeout.</summary>
    public static readonly double[] DurationBuckets =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    public static readonly int[] BatchTextBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256];

    public static readonly int[] BatchTokenBuckets = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

    /// <summary>The labels.</summary>
    public static class Labels
    {
        public const string Stage = "stage";
        public const string Route = "route";
        public const string Method = "method";
        public const string Status = "status";
        public const string Outcome = "outcome";
        public const string Label = "label";
        public const string Source = "source";
        public const string Model = "model_name";
        public const string Version = "model_version";
        public const string Name = "name";
        public const string State = "state";
        public const string CacheType = "cache_type";
        public const string Operation = "operation";
        public const string ErrorType = "error_type";
        public const string Door = "door";
        public const string Reason = "reason";
        public const string AnomalyType = "anomaly_type";
        public const string EvictionReason = "eviction_reason";
        public const string Topic = "topic";
        public const string Partition = "partition";
        public const string Priority = "priority";
    }
}
