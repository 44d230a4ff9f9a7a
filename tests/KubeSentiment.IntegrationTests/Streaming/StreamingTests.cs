using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Streaming;

/// <summary>The service between topics of a real broker.</summary>
[Collection(nameof(StreamingTests))]
public sealed class StreamingTests(KafkaServer kafka)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_GoodAndPoison_EndInTheirTopicsAndInTheFigures()
    {
        var topics = await Topics.CreateAsync(await kafka.StartAsync(), partitions: 3);
        (string? Key, byte[]? Value)[] poison =
        [
            ("a", null), ("b", []), (null, " \t"u8.ToArray()), ("c", [0xC3, 0x28]), ("d", "{\"text\": "u8.ToArray()), ("e", "{\"id\": 7}"u8.ToArray()),
            ("f", Encoding.ASCII.GetBytes(new string('x', 10_001))), ("g", "{\"text\": \"one\", \"text\": \"two\"}"u8.ToArray()),
        ];
        string[] reasons = ["tombstone", "empty", "empty", "invalid_utf8", "broken_json", "no_text", "too_long", "field_twice"];
        await topics.SendAsync([("k1", "a good day"u8.ToArray()), .. poison, ("k2", "{\"id\": \"m 2\", \"text\": \"a bad day\", \"metadata\": {\"n\": 1.50}}"u8.ToArray())]);

        await using var service = await ServiceProcess.StartAsync(topics.Settings("one"));
        var results = topics.Read(topics.Out, 2);
        var letters = topics.Read(topics.Dead, poison.Length);

        // Results: the sender's name or the place, key and headers as they were.
        results.Count.ShouldBe(2);
        var first = results.Single(result => Encoding.UTF8.GetString(result.Message.Key!) == "k1");
        var second = Json(results.Single(result => Encoding.UTF8.GetString(result.Message.Key!) == "k2"));
        Json(first).GetProperty("id").GetString().ShouldBe($"{topics.In}/{first.Partition.Value}/{Json(first).GetProperty("source").GetProperty("offset").GetInt64()}");
        Json(first).GetProperty("scores").EnumerateObject().Sum(score => score.Value.GetDouble()).ShouldBe(1, 1e-5);
        second.GetProperty("id").GetString().ShouldBe("m 2");
        second.GetProperty("metadata").GetRawText().ShouldBe("{\"n\": 1.50}");
        results.ShouldAllBe(result => Header(result, "traceparent").StartsWith("00-0af7"));

        // Dead letters: the same bytes, and why.
        letters.Count.ShouldBe(poison.Length);
        for (var i = 0; i < poison.Length; i++)
        {
            var letter = letters.Single(letter => Equal(letter.Message.Key, poison[i].Key is { } key ? Encoding.UTF8.GetBytes(key) : null));
            letter.Message.Value.ShouldBe(poison[i].Value);
            Header(letter, "dead-letter-reason").ShouldBe(reasons[i]);
            Header(letter, "dead-letter-topic").ShouldBe(topics.In);
            Header(letter, "dead-letter-partition").ShouldBe(letter.Partition.Value.ToString());
            Header(letter, "traceparent").ShouldStartWith("00-0af7");
        }

        // Figures.
        await Topics.UntilIdleAsync(service, partitions: 3);
        using var figures = JsonDocument.Parse(await service.Client.GetStringAsync("/api/v1/kafka-metrics", Cancellation));
        figures.RootElement.GetProperty("messages_processed").GetInt64().ShouldBe(10);
        figures.RootElement.GetProperty("dead_letters").GetInt64().ShouldBe(8);
        figures.RootElement.GetProperty("assigned_partitions").GetInt32().ShouldBe(3);
        var scrape = await service.Client.GetStringAsync("/metrics", Cancellation);
        scrape.ShouldContain($"kafka_messages_processed_total{{topic=\"{topics.In}\"}} 10");
        scrape.ShouldContain($"kafka_messages_consumed_total{{partition=\"0\",topic=\"{topics.In}\"}}");
        scrape.ShouldContain("kafka_consumer_lag{partition=\"0\"} 0");
        scrape.ShouldContain($"kafka_throughput_tps{{topic=\"{topics.In}\"}}");
        ((int)await service.StatusAsync("/live")).ShouldBe(200);

        // Feedback.
        using var info = JsonDocument.Parse(await service.Client.GetStringAsync("/api/v1/model-info", Cancellation));
        var label = info.RootElement.GetProperty("labels")[0].GetString();
        var answer = await service.PostAsync("/api/v1/feedback", $$"""{"prediction_id":"p-1","corrected_label":"{{label}}","score":0.5,"comments":"no"}""");
        answer.Status.ShouldBe(201, answer.Body);
        var feedback = topics.Read(topics.Feedback, 1).ShouldHaveSingleItem();
        Encoding.UTF8.GetString(feedback.Message.Key!).ShouldBe("p-1");
        Json(feedback).GetProperty("comments").GetString().ShouldBe("no");
        service.Errors.ShouldBeEmpty();
    }

    /// <summary>A new group begins with what comes from now on; from then on nothing is left out, though it has committed nothing of its own yet.</summary>
    [Fact]
    public async Task Latest_StoppedBeforeAnythingCame_ReadsWhatCameMeanwhile()
    {
        const int messages = 20;
        var topics = await Topics.CreateAsync(await kafka.StartAsync(), partitions: 4);
        await topics.SendAsync(Numbered(0, messages));
        (string, string) latest = ("MLOPS_KAFKA_AUTO_OFFSET_RESET", "latest");
        await using (var first = await ServiceProcess.StartAsync(topics.Settings("one", latest)))
        {
            await Topics.UntilIdleAsync(first, partitions: 4);
            await first.TerminateAsync();
            (await first.ExitAsync(TimeSpan.FromSeconds(20))).ShouldBe(0);
        }

        await topics.SendAsync(Numbered(messages, messages));
        await using var second = await ServiceProcess.StartAsync(topics.Settings("one", latest));

        var ids = topics.Read(topics.Out, messages).Select(result => Json(result).GetProperty("id").GetString()).ToList();
        ids.ShouldBe(Enumerable.Range(messages, messages).Select(number => $"{number}"), ignoreOrder: true);
        second.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("message.timestamp.type", "LogAppendTime", 0)]
    [InlineData("message.timestamp.after.max.ms", "9223372036854775807", 1_700_000_000_000_000)]
    [InlineData("message.timestamp.after.max.ms", "9223372036854775807", -62_135_604_000_000)]
    public async Task Messages_WithTimesThatOthersRefuse_HoldUpNobody(string setting, string value, long milliseconds)
    {
        var topics = await Topics.CreateAsync(await kafka.StartAsync(), partitions: 1, (setting, value));
        await topics.SendAsync(new Timestamp(milliseconds, TimestampType.CreateTime), ("a", "a good day"u8.ToArray()), ("b", null));

        await using var service = await ServiceProcess.StartAsync(topics.Settings("one"));

        topics.Read(topics.Out, 1).ShouldHaveSingleItem();
        var letter = topics.Read(topics.Dead, 1).ShouldHaveSingleItem();
        Header(letter, "dead-letter-reason").ShouldBe("tombstone");
        var time = long.Parse(Header(letter, "dead-letter-timestamp"));
        (milliseconds == 0 ? time > 0 : time == milliseconds).ShouldBeTrue(time.ToString());
        service.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Messages_OneThatTheResultsTopicRefuses_DoesNotHoldUpTheOthers()
    {
        // The topic takes less than the service believes.
        var topics = await Topics.CreateAsync(await kafka.StartAsync(), partitions: 1);
        await topics.LimitAsync(topics.Out, bytes: 2_000);
        var noise = Convert.ToBase64String(RandomNumberGenerator.GetBytes(6_000));
        var large = Encoding.UTF8.GetBytes($$"""{"text":"a good day","metadata":"{{noise}}"}""");
        await topics.SendAsync(("a", "a good day"u8.ToArray()), ("b", large), ("c", "a bad day"u8.ToArray()));

        await using var service = await ServiceProcess.StartAsync(topics.Settings("one", ("MLOPS_KAFKA_MAX_RETRIES", "1")));

        topics.Read(topics.Out, 2).Select(result => Encoding.UTF8.GetString(result.Message.Key!)).ShouldBe(["a", "c"]);
        var letter = topics.Read(topics.Dead, 1).ShouldHaveSingleItem();
        Header(letter, "dead-letter-reason").ShouldBe("refused");
        Header(letter, "dead-letter-offset").ShouldBe("1");
    }

    [Theory]
    [InlineData("MLOPS_KAFKA_PARTITION_ASSIGNMENT_STRATEGY=sticky", "MLOPS_KAFKA_STATIC_MEMBERSHIP=true")]
    [InlineData("MLOPS_KAFKA_GROUP_PROTOCOL=consumer", "MLOPS_KAFKA_CLIENT_RACK=zone-a")]
    [InlineData("MLOPS_KAFKA_PARTITION_ASSIGNMENT_STRATEGY=range", "MLOPS_KAFKA_DELIVERY=at_least_once")]
    public async Task SecondReplica_ComesAndGoes_MovesPartitionsAndLosesNothing(params string[] settings)
    {
        const int messages = 600;
        var topics = await Topics.CreateAsync(await kafka.StartAsync(), partitions: 4);
        (string, string)[] more = [.. settings.Select(setting => setting.Split('=')).Select(setting => (setting[0], setting[1])), ("MLOPS_KAFKA_SESSION_TIMEOUT_MS", "6000"), ("MLOPS_KAFKA_HEARTBEAT_INTERVAL_MS", "500")];
        await using var first = await ServiceProcess.StartAsync(topics.Settings("one", more));
        await topics.SendAsync(Numbered(0, messages / 3));
        await using (var second = await ServiceProcess.StartAsync(topics.Settings("two", more)))
        {
            await topics.SendAsync(Numbered(messages / 3, messages / 3));
            await Topics.UntilIdleAsync(second, partitions: 2);
            await second.TerminateAsync();
            (await second.ExitAsync(TimeSpan.FromSeconds(20))).ShouldBe(0);
            second.Errors.ShouldBeEmpty();
        }

        await topics.SendAsync(Numbered(messages / 3 * 2, messages / 3));
        await Topics.UntilIdleAsync(first, partitions: 4);

        var ids = topics.Read(topics.Out, messages).Select(result => Json(result).GetProperty("id").GetString()).ToList();
        ids.ShouldBeUnique();
        ids.Count.ShouldBe(messages);
        first.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Topics_Missing_AreCreatedWhereTheOptionSaysSo()
    {
        var servers = await kafka.StartAsync();
        var name = $"made-{Environment.ProcessId}";
        await using var service = await ServiceProcess.StartAsync(
            ("MLOPS_KAFKA_ENABLED", "true"),
            ("MLOPS_KAFKA_BOOTSTRAP_SERVERS", servers),
            ("MLOPS_KAFKA_CONSUMER_GROUP", name),
            ("MLOPS_KAFKA_TOPIC", $"{name}-in"),
            ("MLOPS_KAFKA_RESULTS_TOPIC", $"{name}-out"),
            ("MLOPS_KAFKA_DLQ_TOPIC", $"{name}-dead"),
            ("MLOPS_KAFKA_FEEDBACK_TOPIC", $"{name}-feedback"),
            ("MLOPS_KAFKA_CREATE_TOPICS", "true"),
            ("MLOPS_KAFKA_TOPIC_PARTITIONS", "5"));

        await Topics.UntilIdleAsync(service, partitions: 5);

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers }).Build();
        admin.GetMetadata($"{name}-out", TimeSpan.FromSeconds(10)).Topics.Single().Partitions.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Broker_IsAway_ServesHttpAndSaysSo()
    {
        await kafka.StartAsync();
        await using var service = await ServiceProcess.StartAsync(
            ("MLOPS_KAFKA_ENABLED", "true"), ("MLOPS_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9"), ("MLOPS_KAFKA_FEEDBACK_TIMEOUT_MS", "300"));

        (await service.PostAsync("/api/v1/predict", """{"text":"good"}""")).Status.ShouldBe(200);
        var answer = await service.PostAsync("/api/v1/feedback", """{"prediction_id":"p","corrected_label":"POSITIVE"}""");
        answer.Status.ShouldBe(503, answer.Body);
        answer.Body.ShouldContain("E6002");
        (await service.Client.GetStringAsync("/health", Cancellation)).ShouldContain("degraded");
        ((int)await service.StatusAsync("/live")).ShouldBe(200);

        await service.TerminateAsync();
        (await service.ExitAsync(TimeSpan.FromSeconds(30))).ShouldBe(0);
    }

    /// <summary>As in a rolling update that changes it: the group takes no members of both kinds.</summary>
    [Fact]
    public async Task Strategy_ChangesWithTheSecondReplica_IsToldAndReadsWhenTheFirstHasLeft()
    {
        const int messages = 200;
        var topics = await Topics.CreateAsync(await kafka.StartAsync(), partitions: 4);
        await using var first = await ServiceProcess.StartAsync(topics.Settings("one", ("MLOPS_KAFKA_PARTITION_ASSIGNMENT_STRATEGY", "range")));
        await topics.SendAsync(Numbered(0, messages / 2));
        await Topics.UntilIdleAsync(first, partitions: 4);
        await using var second = await ServiceProcess.StartAsync(topics.Settings("two", ("MLOPS_KAFKA_PARTITION_ASSIGNMENT_STRATEGY", "sticky")));
        await Poll.UntilAsync(() => Task.FromResult(second.Output.Any(line => line.Contains("SentimentConsumer[833]"))), TimeSpan.FromSeconds(30));
        (await second.Client.GetStringAsync("/health", Cancellation)).ShouldContain("degraded");

        await first.TerminateAsync();
        (await first.ExitAsync(TimeSpan.FromSeconds(20))).ShouldBe(0);
        await topics.SendAsync(Numbered(messages / 2, messages / 2));
        await Topics.UntilIdleAsync(second, partitions: 4);

        // The one that is let in first has all partitions for a moment.
        await Poll.UntilAsync(async () => (await second.Client.GetStringAsync("/health", Cancellation)).Contains("healthy"), TimeSpan.FromSeconds(30));
        var ids = topics.Read(topics.Out, messages).Select(result => Json(result).GetProperty("id").GetString()).ToList();
        ids.ShouldBeUnique();
        ids.Count.ShouldBe(messages);
    }

    private static IEnumerable<(string? Key, byte[]? Value)> Numbered(int from, int count) =>
        Enumerable.Range(from, count).Select(number => ((string?)$"key-{number % 50}", (byte[]?)Encoding.UTF8.GetBytes($$"""{"id":"{{number}}","text":"text number {{number}}"}""")));

    private static JsonElement Json(ConsumeResult<byte[]?, byte[]?> message) => JsonDocument.Parse(message.Message.Value!).RootElement;

    private static string Header(ConsumeResult<byte[]?, byte[]?> message, string name) => Encoding.UTF8.GetString(message.Message.Headers.GetLastBytes(name));

    private static bool Equal(byte[]? a, byte[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);
}
