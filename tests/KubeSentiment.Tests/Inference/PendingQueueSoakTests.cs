using KubeSentiment.Inference;

namespace KubeSentiment.Tests.Inference;

/// <summary>Many callers, several workers, some who give up: every text is answered once, and every batch keeps its bounds.</summary>
public class PendingQueueSoakTests
{
    private const int Callers = 8;
    private const int TextsPerCaller = 20_000;
    private const int Workers = 3;
    private const int Budget = 256;
    private const int Capacity = 500;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Queue_ManyCallersAndWorkers_EachTextOnce(bool isPacked)
    {
        var places = new QueuePlaces(Capacity);
        var queue = new PendingQueue(maxTokens: 64, places, Budget, isPacked ? new InOrder(runOverheadTokens: 6) : new LikeLengths(runOverheadTokens: 6), TimeProvider.System);
        var handedOut = 0;
        var cancelled = 0;
        var faults = 0;

        var workers = Enumerable.Range(0, Workers).Select(_ => Threads.Start(Work)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(seed => Task.Run(() => Call(new Random(seed)))));
        queue.Close();
        await Task.WhenAll(workers);

        // Integrity: nothing lost, nothing twice, nothing left, no bound broken.
        faults.ShouldBe(0);
        queue.Count.ShouldBe(0);
        queue.IdleWorkers.ShouldBe(0);
        places.Taken.ShouldBe(0);
        (handedOut + cancelled).ShouldBe(Callers * TextsPerCaller);

        void Work()
        {
            List<PendingInference> batch = [];
            while (queue.Take(batch))
            {
                places.Return(batch.Count);
                if (batch.Count > 1 && (isPacked ? batch.Sum(text => text.Length) : batch.Count * batch.Max(text => text.Length)) > Budget)
                {
                    Interlocked.Increment(ref faults);
                }

                foreach (var text in batch)
                {
                    text.Complete(new InferenceOutput([text.Length], null, TimeSpan.Zero, TimeSpan.Zero));
                }
            }
        }

        async Task Call(Random random)
        {
            for (var i = 0; i < TextsPerCaller;)
            {
                using var cancellation = new CancellationTokenSource();
                var texts = Enumerable.Range(0, Math.Min(random.Next(1, 20), TextsPerCaller - i))
                    .Select(_ => PendingTexts.Of(random.Next(2, 65), caller: cancellation)).ToArray();
                if (!places.TryTake(texts.Length))
                {
                    await Task.Yield();
                    continue;
                }

                queue.Enqueue(texts);

                if (queue.Count > Capacity)
                {
                    Interlocked.Increment(ref faults);
                }

                i += texts.Length;
                if (random.Next(10) == 0)
                {
                    await cancellation.CancelAsync();
                }

                foreach (var text in texts)
                {
                    try
                    {
                        if ((int)(await text.Answer).Logits[0] != text.Length)
                        {
                            Interlocked.Increment(ref faults);
                        }

                        Interlocked.Increment(ref handedOut);
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref cancelled);
                    }
                }
            }
        }
    }

    /// <summary>The second queue is the slower one, so that workers of the first are held, again and again.</summary>
    [Fact]
    public async Task TwoQueuesInARow_EachTextOnceAndNoWorkerHeldForGood()
    {
        const int callers = 200;
        const int textsPerCaller = 40;
        var places = new QueuePlaces(callers);
        var second = new PendingQueue(maxTokens: 64, places, Budget, new InOrder(runOverheadTokens: 6), TimeProvider.System, Workers);
        var first = new PendingQueue(maxTokens: 64, places, Budget, new LikeLengths(runOverheadTokens: 6), TimeProvider.System, Workers, second);
        var held = 0;

        var workers = Enumerable.Range(0, Workers).SelectMany(_ => new[] { Threads.Start(() => Work(first, PassOnHalf)), Threads.Start(() => Work(second, AnswerSlowly)) }).ToArray();
        var lengths = await Task.WhenAll(Enumerable.Range(0, callers).Select(seed => Task.Run(() => Call(new Random(seed)))));
        first.Close();
        second.Close();
        await Task.WhenAll(workers);

        // Integrity: every text has its own answer, nothing is left, nobody is held; and the rule was at work.
        lengths.ShouldAllBe(right => right == textsPerCaller);
        (first.Count, second.Count, first.HeldWorkers, places.Taken).ShouldBe((0, 0, 0, 0));
        held.ShouldBeGreaterThan(0);

        void Work(PendingQueue queue, Action<List<PendingInference>> run)
        {
            List<PendingInference> batch = [];
            while (queue.Take(batch))
            {
                Interlocked.Add(ref held, first.HeldWorkers);
                run(batch);
            }
        }

        void PassOnHalf(List<PendingInference> batch)
        {
            second.Enqueue(batch.Where(text => text.Length % 2 == 1).ToArray());
            Answer(batch.Where(text => text.Length % 2 == 0));
        }

        void AnswerSlowly(List<PendingInference> batch)
        {
            SpinWait.SpinUntil(() => false, TimeSpan.FromMilliseconds(1));
            Answer(batch);
        }

        void Answer(IEnumerable<PendingInference> texts)
        {
            foreach (var text in texts)
            {
                places.Return(1);
                text.Complete(new InferenceOutput([text.Length], null, TimeSpan.Zero, TimeSpan.Zero));
            }
        }

        async Task<int> Call(Random random)
        {
            var right = 0;
            for (var i = 0; i < textsPerCaller; i++)
            {
                var text = PendingTexts.Of(random.Next(2, 65));
                places.TryTake(1).ShouldBeTrue();
                first.Enqueue([text]);
                right += (int)(await text.Answer).Logits[0] == text.Length ? 1 : 0;
            }

            return right;
        }
    }
}
