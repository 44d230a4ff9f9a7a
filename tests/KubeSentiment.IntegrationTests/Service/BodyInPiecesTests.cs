namespace KubeSentiment.IntegrationTests.Service;

/// <summary>A body that comes with its headers is parsed at once, one that comes later is waited for: the answer is the same, and the connection goes on in order.</summary>
public sealed class BodyInPiecesTests
{
    private const string Good = """{"text":"a good day"}""";
    private const string Broken = """{"text":"a good day",}""";
    private const string Wrong = """{"text":4}""";

    /// <summary>Long enough for the service to have read what was written.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Predict_BodyCutAnywhere_IsAnsweredAsTheWholeOne()
    {
        await using var service = await ServiceProcess.StartAsync();
        using var connection = await RawConnection.ToAsync(service);
        foreach (var (body, status) in new[] { (Good, 200), (Broken, 400), (Wrong, 422), (Good, 200) })
        {
            foreach (var cut in new[] { 0, 1, body.Length / 2, body.Length - 1, body.Length })
            {
                var id = $"{status}-{cut}";
                await connection.WriteAsync(RawConnection.Head(id, body.Length) + body[..cut]);
                await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
                await connection.WriteAsync(body[cut..]);

                (await connection.ReadAsync()).ShouldBe((status, id));
            }
        }
    }

    [Fact]
    public async Task Predict_ManyRequestsInOneWrite_AreAnsweredInOrder()
    {
        await using var service = await ServiceProcess.StartAsync();
        using var connection = await RawConnection.ToAsync(service);
        var requests = Enumerable.Range(0, 20).Select(i => (Id: $"r{i}", Body: (i % 3) switch { 0 => Good, 1 => Broken, _ => Wrong })).ToList();

        await connection.WriteAsync(string.Concat(requests.Select(request => RawConnection.Head(request.Id, request.Body.Length) + request.Body)));

        foreach (var (id, body) in requests)
        {
            (await connection.ReadAsync()).ShouldBe((body == Good ? 200 : body == Broken ? 400 : 422, id));
        }
    }
}
