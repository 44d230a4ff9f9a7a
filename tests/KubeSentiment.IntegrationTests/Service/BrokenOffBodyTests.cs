namespace KubeSentiment.IntegrationTests.Service;

/// <summary>Callers who break off in the middle of a body, or send it too slowly, are no mistake of the service's, and leave nothing in its log.</summary>
public sealed class BrokenOffBodyTests
{
    private const string Body = """{"text":"a good day"}""";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Caller_GoesInTheMiddleOfABody_NothingIsLogged(bool byReset)
    {
        await using var service = await ServiceProcess.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            var connection = await RawConnection.ToAsync(service);
            await connection.WriteAsync(RawConnection.Head("gone", Body.Length) + Body[..5]);
            await UntilInHandAsync(service, 1);
            connection.Leave(byReset);
            await UntilInHandAsync(service, 0);
        }

        // The server looks for the rest of a body behind the service's back.
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, TestContext.Current.CancellationToken);
        Troubles(service).ShouldBeEmpty();
    }

    [Fact]
    public async Task Body_SlowerThanMayBe_IsAnsweredAndTheConnectionGoesOn()
    {
        await using var service = await ServiceProcess.StartAsync(("MLOPS_MAX_REQUEST_TIMEOUT", "1"));
        using var connection = await RawConnection.ToAsync(service);

        await connection.WriteAsync(RawConnection.Head("slow", Body.Length) + Body[..5]);
        (await connection.ReadAsync()).ShouldBe((504, "slow"));

        await connection.WriteAsync(Body[5..] + RawConnection.Head("next", Body.Length) + Body);
        (await connection.ReadAsync()).ShouldBe((200, "next"));
        Troubles(service).ShouldBeEmpty();
    }

    /// <summary>What failed. That a busy machine lets the server's clock come late is logged, too, and no matter here.</summary>
    private static IEnumerable<string> Troubles(ServiceProcess service) => service.Output.Where(line => line.Contains("Exception", StringComparison.Ordinal));

    private static Task UntilInHandAsync(ServiceProcess service, int requests)
    {
        // The request for the figures is in hand as well.
        var wanted = $"\nsentiment_http_requests_in_hand{{}} {requests + 1}\n";
        return Poll.UntilAsync(async () => (await service.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Contains(wanted, StringComparison.Ordinal), Patience);
    }
}
