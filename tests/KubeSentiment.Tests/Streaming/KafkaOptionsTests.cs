using Confluent.Kafka;
using KubeSentiment.Configuration;
using KubeSentiment.Streaming;
using KubeSentiment.Tests.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSentiment.Tests.Streaming;

/// <summary>Settings of Kafka: their defaults, what does not fit together, and the properties that are passed through.</summary>
public sealed class KafkaOptionsTests
{
    [Theory]
    [InlineData("MLOPS_KAFKA_ENABLED", "false")]
    [InlineData("MLOPS_KAFKA_BOOTSTRAP_SERVERS", "localhost:9092")]
    [InlineData("MLOPS_KAFKA_CONSUMER_GROUP", "kubesentiment_consumer_group")]
    [InlineData("MLOPS_KAFKA_TOPIC", "sentiment_requests")]
    [InlineData("MLOPS_KAFKA_RESULTS_TOPIC", "sentiment_results")]
    [InlineData("MLOPS_KAFKA_FEEDBACK_TOPIC", "sentiment_feedback")]
    [InlineData("MLOPS_KAFKA_DLQ_TOPIC", "sentiment_requests_dlq")]
    [InlineData("MLOPS_KAFKA_DLQ_ENABLED", "true")]
    [InlineData("MLOPS_KAFKA_AUTO_OFFSET_RESET", "Latest")]
    [InlineData("MLOPS_KAFKA_PARTITION_ASSIGNMENT_STRATEGY", "RoundRobin")]
    [InlineData("MLOPS_KAFKA_CONSUMER_THREADS", "4")]
    [InlineData("MLOPS_KAFKA_BATCH_SIZE", "500")] // 100 in the design: docs/decisions.md says why
    [InlineData("MLOPS_KAFKA_SESSION_TIMEOUT_MS", "30000")]
    [InlineData("MLOPS_KAFKA_HEARTBEAT_INTERVAL_MS", "3000")]
    [InlineData("MLOPS_KAFKA_MAX_POLL_INTERVAL_MS", "300000")]
    [InlineData("MLOPS_KAFKA_MAX_RETRIES", "3")]
    [InlineData("MLOPS_KAFKA_PRODUCER_ACKS", "all")]
    [InlineData("MLOPS_KAFKA_PRODUCER_LINGER_MS", "5")]
    [InlineData("MLOPS_KAFKA_PRODUCER_COMPRESSION_TYPE", "lz4")]
    public void Settings_OfTheDesign_HaveTheirDefaults(string variable, string value) =>
        SettingsCatalog.OfProgram().Settings.Single(setting => setting.Variable == variable).Default.ShouldBe(value);

    [Theory]
    [InlineData("MLOPS_KAFKA_HEARTBEAT_INTERVAL_MS", "20000")]
    [InlineData("MLOPS_KAFKA_SESSION_TIMEOUT_MS", "5000")]
    [InlineData("MLOPS_KAFKA_SESSION_TIMEOUT_MS", "400000")]
    [InlineData("MLOPS_KAFKA_MAX_POLL_INTERVAL_MS", "15000")]
    [InlineData("MLOPS_KAFKA_TRANSACTION_TIMEOUT_MS", "100000")]
    [InlineData("MLOPS_KAFKA_STALL_TIMEOUT", "10")]
    [InlineData("MLOPS_KAFKA_PRODUCER_ACKS", "1")]
    [InlineData("MLOPS_KAFKA_PRODUCER_LINGER_MS", "10000")]
    [InlineData("MLOPS_KAFKA_PRODUCER_LINGER_MS", "5000")]
    [InlineData("MLOPS_KAFKA_TOPIC", "sentiment_results")]
    [InlineData("MLOPS_KAFKA_TOPIC", "with space")]
    [InlineData("MLOPS_KAFKA_GROUP_PROTOCOL", "new")]
    public void Read_WhatDoesNotFit_IsOneLineThatNamesIt(string variable, string value)
    {
        var errors = Read.From<KafkaOptions>([(variable, value)]).Errors;

        errors.ShouldHaveSingleItem().ShouldStartWith(variable + "=");
    }

    /// <summary>Who waits for predictions inside of a rebalance does not poll.</summary>
    [Theory]
    [InlineData("MLOPS_KAFKA_MAX_POLL_INTERVAL_MS", "40000")]
    [InlineData("MLOPS_KAFKA_STALL_TIMEOUT", "40")]
    public void Read_WaitAtARebalanceThatOutlastsAPoll_IsOneLineThatNamesIt(string limit, string value)
    {
        Read.From<KafkaOptions>([(limit, value), ("MLOPS_KAFKA_REBALANCE_WAIT_MS", "20000")]).Errors.ShouldBeEmpty();

        var errors = Read.From<KafkaOptions>([(limit, value), ("MLOPS_KAFKA_REBALANCE_WAIT_MS", "20001")]).Errors;

        errors.ShouldHaveSingleItem().ShouldStartWith("MLOPS_KAFKA_REBALANCE_WAIT_MS=");
    }

    [Theory]
    [InlineData("roundrobin", "RoundRobin")]
    [InlineData("sticky", "Sticky")]
    [InlineData("range", "Range")]
    public void Read_StrategyInTheOriginalsWords_IsUnderstood(string text, string strategy) =>
        Read.From<KafkaOptions>([("MLOPS_KAFKA_PARTITION_ASSIGNMENT_STRATEGY", text)]).Get<KafkaOptions>().PartitionAssignmentStrategy.ToString().ShouldBe(strategy);

    [Fact]
    public void Read_Properties_ComeFromVariablesFilesAndArguments()
    {
        const string file = """{ "Kafka": { "Properties": { "security.protocol": "PLAINTEXT", "sasl.mechanism": "PLAIN", "debug": "eos" } } }""";

        var reading = Read.From<KafkaOptions>(
            [("MLOPS_KAFKA_PROPERTY_SECURITY_PROTOCOL", "SASL_SSL"), ("MLOPS_KAFKA_PROPERTY_SASL_USERNAME", " me "), ("MLOPS_KAFKA_PROPERTY_EMPTY", "")],
            [file],
            ["--Kafka:Properties:debug=cgrp"]);

        reading.Errors.ShouldBeEmpty();
        reading.Warnings.ShouldBeEmpty();
        reading.Get<KafkaOptions>().Properties.ShouldBe(
            new Dictionary<string, string> { ["security.protocol"] = "SASL_SSL", ["sasl.mechanism"] = "PLAIN", ["sasl.username"] = "me", ["debug"] = "cgrp" },
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("ENABLE_AUTO_COMMIT", "true", "enable.auto.commit")]
    [InlineData("MESSAGE_TIMEOUT_MS", "1000", "message.timeout.ms")]
    [InlineData("DELIVERY_TIMEOUT_MS", "1000", "delivery.timeout.ms")]
    public void Read_PropertyThatTheServiceSetsItself_StopsTheStartAndShowsNoValue(string variable, string value, string property)
    {
        var error = Read.From<KafkaOptions>([($"MLOPS_KAFKA_PROPERTY_{variable}", value), ("MLOPS_KAFKA_PROPERTY_SASL_PASSWORD", "hunter2")]).Errors.ShouldHaveSingleItem();

        error.ShouldStartWith($"MLOPS_KAFKA_PROPERTY_ (value hidden) has an entry ({property}) that is not a property that may be set");
        error.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("SECURTY_PROTOCOL", "SSL", "has an entry (securty.protocol) that librdkafka does not know")]
    [InlineData("SECURITY_PROTOCOL", "hunter2", "has an entry (security.protocol) whose value librdkafka does not take")]
    [InlineData("SOCKET_TIMEOUT_MS", "hunter2", "has an entry (socket.timeout.ms) whose value librdkafka does not take")]
    [InlineData("SSL_CA_LOCATION", "/nowhere/hunter2.pem", "is not taken by librdkafka (")]
    public void Read_PropertyThatTheLibraryDoesNotTake_StopsTheStartWithOneLine(string name, string value, string problem)
    {
        var variables = new Dictionary<string, string>
        {
            ["MLOPS_KAFKA_ENABLED"] = "true",
            ["MLOPS_KAFKA_PROPERTY_SECURITY_PROTOCOL"] = "SSL",
            [$"MLOPS_KAFKA_PROPERTY_{name}"] = value,
        };

        var error = Read.From<KafkaOptions>([.. variables.Select(variable => (variable.Key, variable.Value))]).Errors.ShouldHaveSingleItem();

        error.ShouldStartWith($"MLOPS_KAFKA_PROPERTY_ (value hidden) {problem}");
        error.ShouldNotContain("hunter2");
        error.ShouldNotContain('\n');
    }

    [Fact]
    public void Read_PropertiesThatTheLibraryTakes_AreNoError() => Read.From<KafkaOptions>(
        [("MLOPS_KAFKA_ENABLED", "true"), ("MLOPS_KAFKA_PROPERTY_SECURITY_PROTOCOL", "SASL_SSL"), ("MLOPS_KAFKA_PROPERTY_SASL_MECHANISM", "PLAIN"),
            ("MLOPS_KAFKA_PROPERTY_SASL_USERNAME", "me"), ("MLOPS_KAFKA_PROPERTY_SASL_PASSWORD", "hunter2"), ("MLOPS_KAFKA_PROPERTY_FETCH_MIN_BYTES", "2")])
        .Errors.ShouldBeEmpty();

    [Fact]
    public void Consumer_WhatItFetchesAhead_IsForThePropertiesToSay()
    {
        var options = new KafkaOptions();
        ConfigOf(options).QueuedMaxMessagesKbytes.ShouldBe(8_192);

        options.Properties = new Dictionary<string, string> { ["queued.max.messages.kbytes"] = "65536", ["queued.min.messages"] = "100" };

        (ConfigOf(options).QueuedMaxMessagesKbytes, ConfigOf(options).QueuedMinMessages).ShouldBe((65_536, 100));

        static ConsumerConfig ConfigOf(KafkaOptions options) =>
            new KafkaClients(options, new KafkaIdentity(options, new ServiceOptions()), TimeProvider.System, NullLogger<KafkaClients>.Instance).ConsumerConfig(0);
    }

    [Fact]
    public void Identity_OfTwoProcesses_Differs()
    {
        var options = new KafkaOptions();

        var first = new KafkaIdentity(options, new ServiceOptions { Port = 8000 });
        var second = new KafkaIdentity(options, new ServiceOptions { Port = 8001 });
        var named = new KafkaIdentity(new KafkaOptions { InstanceId = "pod-1" }, new ServiceOptions());

        first.TransactionalId(0).ShouldNotBe(second.TransactionalId(0));
        first.TransactionalId(0).ShouldNotBe(first.TransactionalId(1));
        new KafkaIdentity(options, new ServiceOptions { Port = 8000 }).TransactionalId(0).ShouldBe(first.TransactionalId(0));
        named.TransactionalId(2).ShouldBe("kubesentiment_consumer_group-pod-1-2");
    }
}
