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

    /// <summary>Most clients send the whole body before they read: if the connection is closed under their hands, they tell of a broken pipe and not of the limit.</summary>
    [Theory]
    [InlineData("/api/v1/predict", false, 413)]
    [InlineData("/api/v1/predict", true, 413)]
    [InlineData("/api/v1/batch/predict", false, 413)]
    [InlineData("/api/v1/batch/predict", true, 413)]
    [InlineData("/api/v1/nothing", false, 404)]
    public async Task Body_LargerThanMayBe_IsAnsweredAndTheConnectionGoesOn(string path, bool isChunked, int status)
    {
        await using var service = await ServiceProcess.StartAsync(("MLOPS_MAX_REQUEST_BODY_BYTES", "1024"), ("MLOPS_ASYNC_BATCH_MAX_BODY_BYTES", "2048"));
        using var connection = await RawConnection.ToAsync(service);
        // More than the sockets' buffers hold.
        var large = new string(' ', 32 * 1024 * 1024);

        await connection.WriteAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Correlation-ID: large\r\n"
            + (isChunked ? $"Transfer-Encoding: chunked\r\n\r\n{large.Length:x}\r\n{large}\r\n0\r\n\r\n" : $"Content-Length: {large.Length}\r\n\r\n{large}"));
        (await connection.ReadAsync()).ShouldBe((status, "large"));

        await connection.WriteAsync(RawConnection.Head("next", Body.Length) + Body);
        (await connection.ReadAsync()).ShouldBe((200, "next"));
    }
}
