namespace KubeSentiment.Tests.Load;

/// <summary>Many callers at both doors, brief ones and others, who give up, expire and give places back twice: never more than the limit at once, and nobody lost.</summary>
public sealed class AdmissionSoakTests
{
    private const int Limit = 16;
    private const int MaxQueue = 20;
    private const int Callers = 24;
    private const int EntriesPerCaller = 10_000;

    [Fact]
    public async Task Gate_ManyCallers_KeepsItsBounds()
    {
        using var gate = Gates.Gate(TimeProvider.System, Limit, MaxQueue, TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(3));
        var inside = 0;
        var faults = 0;
        var (admitted, refused, cancelled) = (0, 0, 0);
        var refusedInBackground = 0;

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(seed => Task.Run(() => Call(new Random(seed), background: seed % 3 == 0, brief: seed % 3 == 1))));

        // Integrity: every entry has one end, the gate is empty, no bound was broken, and everything still fits in.
        faults.ShouldBe(0);
        refusedInBackground.ShouldBe(0);
        (admitted + refused + cancelled).ShouldBe(Callers * EntriesPerCaller);
        admitted.ShouldBeGreaterThan(0);
        refused.ShouldBeGreaterThan(0);
        cancelled.ShouldBeGreaterThan(0);
        (gate.Active, gate.Queued, gate.QueuedInBackground, inside).ShouldBe((0, 0, 0, 0));
        for (var i = 0; i < Limit; i++)
        {
            (await gate.TryEnterAsync(1, CancellationToken.None)).IsAdmitted.ShouldBeTrue();
        }

        gate.Active.ShouldBe(Limit);

        async Task Call(Random random, bool background, bool brief)
        {
            for (var i = 0; i < EntriesPerCaller; i++)
            {
                using var cancellation = new CancellationTokenSource();
                var texts = random.Next(10) == 0 ? random.Next(1, 2 * Limit) : random.Next(1, 4);
                var entry = background ? gate.EnterAsync(texts, cancellation.Token)
                    : brief ? gate.TryEnterBrieflyAsync(texts, cancellation.Token)
                    : gate.TryEnterAsync(texts, cancellation.Token);
                if (random.Next(8) == 0)
                {
                    await cancellation.CancelAsync();
                }

                try
                {
                    var admission = await entry;
                    if (!admission.IsAdmitted)
                    {
                        Interlocked.Increment(ref refused);
                        Interlocked.Add(ref refusedInBackground, background ? 1 : 0);
                        continue;
                    }

                    Interlocked.Increment(ref admitted);
                    await Work(random, Math.Min(texts, Limit));
                    admission.Dispose();
                    if (random.Next(4) == 0)
                    {
                        admission.Dispose();
                    }
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref cancelled);
                }
            }
        }

        async Task Work(Random random, int weight)
        {
            var now = Interlocked.Add(ref inside, weight);
            if (now > Limit || gate.Active > Limit || gate.Queued > MaxQueue)
            {
                Interlocked.Increment(ref faults);
            }

            for (var n = random.Next(4); n > 0; n--)
            {
                await Task.Yield();
            }

            Interlocked.Add(ref inside, -weight);
        }
    }
}
