namespace KubeSentiment.IntegrationTests.Service;

/// <summary>Connections are bounded: one too many is closed, and those that are there go on.</summary>
public sealed class ConnectionLimitTests
{
    private const int Most = 16;
    private const string Body = """{"text":"good"}""";

    [Fact]
    public async Task Connect_AsManyAsMayBe_OneMoreIsClosedUntilOneGoes()
    {
        await using var service = await ServiceProcess.StartAsync(("MLOPS_MAX_CONNECTIONS", $"{Most}"));
        // The client of the tests has asked until the service was ready, and keeps its connection.
        var connections = new List<RawConnection>();
        try
        {
            for (var i = 1; i < Most; i++)
            {
                connections.Add(await AskAsync(service));
            }

            await Should.ThrowAsync<IOException>(AskAsync(service));
            connections[0].Dispose();

            await Poll.UntilAsync(async () => await IsAnsweredAsync(service), TimeSpan.FromSeconds(10));
            await AskAsync(connections[1]);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    private static async Task<bool> IsAnsweredAsync(ServiceProcess service)
    {
        try
        {
            (await AskAsync(service)).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<RawConnection> AskAsync(ServiceProcess service)
    {
        var connection = await RawConnection.ToAsync(service);
        await AskAsync(connection);
        return connection;
    }

    private static async Task AskAsync(RawConnection connection)
    {
        await connection.WriteAsync(RawConnection.Head("one", Body.Length) + Body);
        (await connection.ReadAsync()).Status.ShouldBe(200);
    }
}
