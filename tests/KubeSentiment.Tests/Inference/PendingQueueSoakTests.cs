using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference;

/// <summary>Many callers, several workers, some who give up: every text is answered once, and every batch keeps its bounds.</summary>
public class PendingQueueSoakTests
{
    private const int Callers = 8;
    private const int TextsPerCaller = 20_000;
    private const int Workers = 3;
    private const int Budget = 256;
    private const int Capacity = 500;

    [Fact]
    public async Task Queue_ManyCallersAndWorkers_EachTextOnce()
    {
        var places = new QueuePlaces(Capacity);
        var queue = new PendingQueue(maxTokens: 64, places, Budget, runOverheadTokens: 6, TimeProvider.System);
        var handedOut = 0;
        var cancelled = 0;
        var faults = 0;

        var workers = Enumerable.Range(0, Workers).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
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
                if (batch.Count > 1 && batch.Count * batch.Max(text => text.Length) > Budget)
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
                    .Select(_ => new PendingInference(new InferenceRequest(new TokenizedText(new int[random.Next(2, 65)], false), cancellation.Token), wantsEmbedding: false)).ToArray();
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
}
