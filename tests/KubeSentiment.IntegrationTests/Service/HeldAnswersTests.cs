namespace KubeSentiment.IntegrationTests.Service;

/// <summary>While callers are refused, a thread sends its answers together; each of them comes all the same, on its connection and in its place.</summary>
public sealed class HeldAnswersTests
{
    private const int Callers = 32;
    private const int Rounds = 40;
    private const int Pipelined = 6;

    /// <summary>Refusals and answers from memory, which are held, stand between answers of the model, which other threads write.</summary>
    [Fact]
    public async Task Predict_PipelinedInAnOverload_EachConnectionHearsItsOwnAnswersInOrder()
    {
        await using var service = await ServiceProcess.StartAsync(("MAX_CONCURRENT_REQUESTS", "3"), ("MAX_QUEUE_SIZE", "2"));
        var statuses = (await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(service, caller))))).SelectMany(seen => seen).CountBy(status => status).ToDictionary();

        statuses.Keys.ShouldBe([200, 503], ignoreOrder: true);
        statuses.Values.Sum().ShouldBe(Callers * Rounds * Pipelined);
        statuses[503].ShouldBeGreaterThan(Callers * Rounds / 10, "it was no overload");
    }

    /// <summary>The server asks for the body first, which is no answer and must not wait.</summary>
    [Fact]
    public async Task Predict_AskedForItsBodyInAnOverload_IsAnswered()
    {
        await using var service = await ServiceProcess.StartAsync(("MAX_CONCURRENT_REQUESTS", "1"), ("MAX_QUEUE_SIZE", "0"));
        using var connection = await RawConnection.ToAsync(service);
        var batch = service.PostAsync(Batches.Path, Batches.Of(texts: 1_000, words: 100));
        await Batches.UntilInHandAsync(service);

        for (var i = 0; i < 20; i++)
        {
            const string Body = """{"text":"a good day"}""";
            await connection.WriteAsync(RawConnection.Head($"{i}", Body.Length) + Body);
            (await connection.ReadAsync()).ShouldBe((503, $"{i}"));
            await connection.WriteAsync(RawConnection.Head($"e{i}", Body.Length).Replace("Host: x", "Host: x\r\nExpect: 100-continue", StringComparison.Ordinal) + Body);
            (await connection.ReadAsync()).ShouldBe((503, $"e{i}"));
        }

        (await batch).Status.ShouldBe(200);
    }

    private static async Task<List<int>> CallAsync(ServiceProcess service, int caller)
    {
        using var connection = await RawConnection.ToAsync(service);
        List<int> seen = [];
        for (var round = 0; round < Rounds; round++)
        {
            var ids = Enumerable.Range(0, Pipelined).Select(i => $"c{caller}r{round}i{i}").ToList();
            await connection.WriteAsync(string.Concat(ids.Select((id, i) => Request(id, i % 3 == 0 ? "a good day" : id))));
            foreach (var id in ids)
            {
                var (status, answered) = await connection.ReadAsync();
                answered.ShouldBe(id);
                seen.Add(status);
            }
        }

        return seen;
    }

    private static string Request(string id, string text)
    {
        var body = $$"""{"text":"{{text}}"}""";
        return RawConnection.Head(id, body.Length) + body;
    }
}
