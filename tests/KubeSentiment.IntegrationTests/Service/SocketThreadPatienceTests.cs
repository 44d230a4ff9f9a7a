using System.Globalization;
using KubeSentiment.Api.Sockets;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>The threads that read requests rest between bursts of refusals, and before nothing else, as the operating system counts their waits.</summary>
public sealed class SocketThreadPatienceTests
{
    private const int Requests = 40;
    private const int Enough = Requests * 5 / 4;
    private const int Turns = 5;
    private const string Body = """{"text":"a good day"}""";

    [Fact]
    public async Task Predict_OneAfterTheOther_ThreadsRestOnlyWhileTheyRefuse()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only on Linux do the threads rest.");
        await using var service = await ServiceProcess.StartAsync(("MAX_CONCURRENT_REQUESTS", "1"), ("MAX_QUEUE_SIZE", "0"));
        using var connection = await RawConnection.ToAsync(service);
        var answered = await WaitsAsync(service, connection, status: 200, Body);

        var batch = service.PostAsync(Batches.Path, Batches.Of(texts: 1_000, words: 100));
        await Batches.UntilInHandAsync(service);

        // A wait for each request, and then a rest: but none for a request that comes a beat after the one before, as all may while this machine is busy.
        var refused = 0L;
        for (var turn = 0; turn < Turns && refused < Enough; turn++)
        {
            refused = Math.Max(refused, await WaitsAsync(service, connection, status: 503, """{"text":"another day"}"""));
        }

        batch.IsCompleted.ShouldBeFalse("the batch was to fill the gate until here");
        (await batch).Status.ShouldBe(200);
        answered.ShouldBeLessThan(Enough);
        refused.ShouldBeGreaterThanOrEqualTo(Enough);
    }

    private static async Task<long> WaitsAsync(ServiceProcess service, RawConnection connection, int status, string body)
    {
        var before = Waits(service.Id);
        for (var i = 0; i < Requests; i++)
        {
            await connection.WriteAsync(RawConnection.Head($"r{i}", body.Length) + body);
            (await connection.ReadAsync()).ShouldBe((status, $"r{i}"));
        }

        return Waits(service.Id) - before;
    }

    private static long Waits(int process) => Directory.EnumerateDirectories($"/proc/{process}/task")
        .Where(thread => File.ReadAllText(Path.Combine(thread, "comm")).Trim() == LinuxReadingThread.Name)
        .SelectMany(thread => File.ReadLines(Path.Combine(thread, "status")))
        .Where(line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal))
        .Sum(line => long.Parse(line[(line.IndexOf(':') + 1)..], CultureInfo.InvariantCulture));
}
