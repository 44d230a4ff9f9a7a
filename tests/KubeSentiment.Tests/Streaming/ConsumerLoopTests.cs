using KubeSentiment.Streaming;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSentiment.Tests.Streaming;

/// <summary>When a loop may be taken for ended: what it uses is freed then.</summary>
public sealed class ConsumerLoopTests
{
    [Fact]
    public void Ended_NeverStarted_IsCompleted()
    {
        using var bench = new ConsumerBench();
        using var loop = new ConsumerLoop(_ => bench.Consumer, 0, new Random(1), NullLogger.Instance);

        loop.Ended.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Ended_AskedToStopWhileItOpens_IsCompletedOnlyWhenTheConsumerIsClosed()
    {
        using var bench = new ConsumerBench();
        var (opening, opened) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var loop = new ConsumerLoop(
            _ =>
            {
                opening.SetResult();
                opened.Task.Wait(TestContext.Current.CancellationToken);
                return bench.Consumer;
            },
            0, new Random(1), NullLogger.Instance);
        loop.Start();
        await opening.Task;

        loop.RequestStop();
        loop.Ended.IsCompleted.ShouldBeFalse();
        opened.SetResult();
        await loop.Ended;

        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Stopped);
    }
}
