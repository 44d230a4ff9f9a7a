using System.Collections.Concurrent;
using KubeSentiment.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Resilience;

/// <summary>Many threads, a dependency that comes and goes: one trial at a time, every transition a legal one, nothing left over.</summary>
public sealed class CircuitBreakerSoakTests
{
    private const int Threads = 6;
    private const int CallsPerThread = 100_000;

    [Fact]
    public async Task Breaker_ManyThreads_KeepsItsRules()
    {
        var time = new FakeTimeProvider();
        var transitions = new ConcurrentBag<CircuitTransition>();
        var breaker = new CircuitBreaker("kafka", 3, TimeSpan.FromSeconds(1), time, transitions.Add);
        var entered = 0L;
        var rejected = 0L;

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(seed => Task.Run(() => Use(new Random(seed)))));

        // Integrity: all calls are accounted for, and the transitions form one path through the states.
        (entered + rejected).ShouldBe(Threads * CallsPerThread);
        breaker.Rejected.ShouldBe(rejected);
        transitions.ShouldNotBeEmpty();
        transitions.ShouldAllBe(change => change.From != change.To && !(change.From == CircuitState.Closed && change.To == CircuitState.HalfOpen));
        foreach (var state in Enum.GetValues<CircuitState>())
        {
            var start = state == CircuitState.Closed ? 1 : 0;
            var end = state == breaker.State ? 1 : 0;
            (transitions.Count(change => change.To == state) + start).ShouldBe(transitions.Count(change => change.From == state) + end);
        }

        // And it still works.
        breaker.Reset();
        breaker.TryEnter(out var last).ShouldBeTrue();
        last.Succeeded();
        breaker.Snapshot().ConsecutiveFailures.ShouldBe(0);

        void Use(Random random)
        {
            for (var i = 0; i < CallsPerThread; i++)
            {
                if (!breaker.TryEnter(out var call))
                {
                    Interlocked.Increment(ref rejected);
                    time.Advance(TimeSpan.FromMilliseconds(random.Next(5)));
                    continue;
                }

                Interlocked.Increment(ref entered);
                switch (random.Next(8))
                {
                    case < 4:
                        call.Failed();
                        break;
                    case < 6:
                        call.Succeeded();
                        break;
                    case < 7:
                        call.Abandoned();
                        break;
                }
            }
        }
    }

    [Fact]
    public async Task HalfOpen_ManyThreads_OneTrialAtATime()
    {
        var time = new FakeTimeProvider();
        var breaker = new CircuitBreaker("redis", 1, TimeSpan.FromSeconds(1), time);
        var inside = 0;
        var most = 0;
        var trials = 0;
        breaker.TryEnter(out var first).ShouldBeTrue();
        first.Failed();
        time.Advance(TimeSpan.FromSeconds(1));

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < CallsPerThread; i++)
            {
                if (breaker.TryEnter(out var trial))
                {
                    Interlocked.Increment(ref trials);
                    var now = Interlocked.Increment(ref inside);
                    InterlockedMax(ref most, now);
                    Interlocked.Decrement(ref inside);
                    trial.Abandoned();
                }
            }
        })));

        most.ShouldBe(1);
        trials.ShouldBeGreaterThan(1);
        breaker.State.ShouldBe(CircuitState.HalfOpen);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen)
        {
            var found = Interlocked.CompareExchange(ref target, value, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }
}
