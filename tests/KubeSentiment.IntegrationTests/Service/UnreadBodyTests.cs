namespace KubeSentiment.IntegrationTests.Service;

/// <summary>A connection on which requests are refused before their bodies have been read, or have even come, goes on in order: each answer is the one to its request.</summary>
public sealed class UnreadBodyTests
{
    private const string Body = """{"text":"a good day"}""";

    [Fact]
    public async Task Predict_RefusedUnread_TheConnectionGoesOn()
    {
        await using var service = await ServiceProcess.StartAsync(
            ("MLOPS_PREDICTION_CACHE_ENABLED", "false"), ("MAX_CONCURRENT_REQUESTS", "1"), ("MAX_QUEUE_SIZE", "0"));
        var batch = service.PostAsync(Batches.Path, Batches.Of(texts: 1_000, words: 100));
        await Batches.UntilInHandAsync(service);
        using var connection = await RawConnection.ToAsync(service);

        // The answer comes before the rest of the body.
        await connection.WriteAsync(RawConnection.Head("first", Body.Length) + Body[..5]);
        (await connection.ReadAsync()).ShouldBe((503, "first"));
        await connection.WriteAsync(Body[5..]);

        // Two at once, one with a body that reads like a request.
        var likeARequest = RawConnection.Head("hidden", Body.Length) + Body;
        await connection.WriteAsync(RawConnection.Head("second", likeARequest.Length) + likeARequest + RawConnection.Head("third", Body.Length) + Body);
        (await connection.ReadAsync()).ShouldBe((503, "second"));
        (await connection.ReadAsync()).ShouldBe((503, "third"));
        batch.IsCompleted.ShouldBeFalse("the batch was to fill the gate until here");

        (await batch).Status.ShouldBe(200);
        await connection.WriteAsync(RawConnection.Head("fourth", Body.Length) + Body);
        (await connection.ReadAsync()).ShouldBe((200, "fourth"));
    }
}
