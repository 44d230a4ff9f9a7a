using KubeSentiment.Streaming;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Streaming;

/// <summary>When a loop may be taken for ended, because what it uses is freed then, and what it says of itself while its consumers fail.</summary>
public sealed class ConsumerLoopTests
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Ended_NeverStarted_IsCompleted()
    {
        using var bench = new ConsumerBench();
        using var loop = new ConsumerLoop(_ => bench.Consumer, 0, Calm, _time, new Impatient(), NullLogger.Instance);

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
            0, Calm, _time, new Impatient(), NullLogger.Instance);
        loop.Start();
        await opening.Task;

        loop.RequestStop();
        loop.Ended.IsCompleted.ShouldBeFalse();
        opened.SetResult();
        await loop.Ended;

        bench.Consumer.GetInfo().State.ShouldBe(ConsumerState.Stopped);
    }

    [Fact]
    public async Task Info_ConsumersFailAgainAndAgain_IsRecoveringSinceItWasWell()
    {
        List<ConsumerBench> benches = [];
        var seen = new TaskCompletionSource<ConsumerThreadInfo>(TaskCreationOptions.RunContinuationsAsynchronously);
        ConsumerLoop? loop = null;
        SentimentConsumer Open(CancellationToken stop)
        {
            if (benches.Count == 4)
            {
                // The last consumer has left its group by now.
                seen.TrySetResult(loop!.Info);
                loop.RequestStop();
            }

            var bench = new ConsumerBench { Open = () => throw new InvalidOperationException("a bug") };
            benches.Add(bench);
            _time.Advance(TimeSpan.FromSeconds(10));
            return bench.Consumer;
        }

        using (loop = new ConsumerLoop(Open, 3, Calm, _time, new Impatient(), NullLogger.Instance))
        {
            loop.Info.ShouldBe(new ConsumerThreadInfo(3, ConsumerState.Starting, TimeSpan.Zero, []), "Nothing waits for a loop that was not started.");
            loop.Start();
            var info = await seen.Task;
            await loop.Ended;

            info.State.ShouldBe(ConsumerState.Recovering);
            // The first failure came ten seconds after the start.
            info.SinceLastPoll.ShouldBe(TimeSpan.FromSeconds(30));
            loop.Info.State.ShouldBe(ConsumerState.Stopped);
        }

        benches.ForEach(bench => bench.Dispose());
    }

    [Fact]
    public async Task Info_AfterAFailure_IsWellWithTheFirstCommit()
    {
        using var bench = new ConsumerBench();
        var (before, after) = (new TaskCompletionSource<ConsumerState>(), new TaskCompletionSource<ConsumerState>());
        var attempts = 0;
        ConsumerLoop? loop = null;
        bench.Happens(() => bench.Assign(0));
        bench.Messages(0, 5);
        bench.Nothing();
        bench.Happens(() => before.SetResult(loop!.Info.State));
        bench.Happens(() => after.SetResult(loop!.Info.State));
        using (loop = new ConsumerLoop(
            _ => attempts++ == 0 ? throw new InvalidOperationException("a bug") : bench.Consumer, 0, Calm, _time, new Impatient(), NullLogger.Instance))
        {
            loop.Start();

            (await before.Task).ShouldBe(ConsumerState.Recovering);
            (await after.Task).ShouldBe(ConsumerState.Running);
            loop.RequestStop();
            await loop.Ended;
        }
    }

    [Fact]
    public async Task Info_AfterAFailure_IsWellWhenItHasRunForTheCalmTime()
    {
        using var bench = new ConsumerBench();
        var well = new TaskCompletionSource<ConsumerState>();
        var attempts = 0;
        ConsumerLoop? loop = null;
        bench.Nothing();
        bench.Happens(() => _time.Advance(Calm));
        bench.Happens(() => well.SetResult(loop!.Info.State));
        using (loop = new ConsumerLoop(
            _ => attempts++ == 0 ? throw new InvalidOperationException("a bug") : bench.Consumer, 0, Calm, _time, new Impatient(), NullLogger.Instance))
        {
            loop.Start();

            (await well.Task).ShouldBe(ConsumerState.Running);
            loop.RequestStop();
            await loop.Ended;
        }
    }

    /// <summary>Lets nobody wait.</summary>
    private sealed class Impatient : Random
    {
        public override double NextDouble() => 0;
    }
}
