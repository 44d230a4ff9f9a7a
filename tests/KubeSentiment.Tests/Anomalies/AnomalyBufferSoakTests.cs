using KubeSentiment.Anomalies;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Anomalies;

/// <summary>Eight threads add to, read, clean and clear a small buffer while time moves: bounds hold at every look, and the accounts come out even.</summary>
public sealed class AnomalyBufferSoakTests
{
    private const int Threads = 8;
    private const int Actions = 125_000;
    private const int Texts = 5_000;
    private const int Capacity = 500;

    [Fact]
    public void Buffer_ManyThreads_KeepsItsBoundsAndAccounts()
    {
        var time = new FakeTimeProvider();
        var buffer = Buffers.Buffer(time, new AnomalyOptions { MaxSize = Capacity, DefaultTtl = TimeSpan.FromSeconds(2), MaxTextLength = 20 });
        var (next, asked, cleared, faults, seen) = (0, 0, 0, 0, 0);

        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, seed =>
        {
            var random = new Random(seed);
            for (var action = 0; action < Actions; action++)
            {
                var earliest = time.GetUtcNow();
                switch (random.Next(100_000))
                {
                    case < 10:
                        Interlocked.Add(ref cleared, buffer.Clear());
                        break;
                    case < 200:
                        buffer.RemoveExpired();
                        break;
                    case < 400:
                        Check(buffer.GetStatistics().Size <= Capacity);
                        break;
                    case < 3_000:
                        time.Advance(TimeSpan.FromMilliseconds(random.Next(20)));
                        break;
                    case < 5_000:
                        var recent = buffer.GetRecent(random.Next(Capacity), 0.5, AnomalyType.Truncated);
                        Check(recent.All(entry => entry.ExpiresAt > earliest && entry.Anomalies[0] is { Type: AnomalyType.Truncated, Score: >= 0.5f }));
                        Check(recent.Zip(recent.Skip(1)).All(pair => pair.First.DetectedAt >= pair.Second.DetectedAt));
                        break;
                    case < 40_000:
                        var found = buffer.Get(Buffers.IdOf(Math.Max(0, Volatile.Read(ref next) - random.Next(Capacity))));
                        Check(found is null || (found.ExpiresAt > earliest && found.TextLength == TextOf((int)found.Score).Length));
                        Interlocked.Add(ref seen, found is null ? 0 : 1);
                        break;
                    default:
                        var (number, text) = (Interlocked.Increment(ref next), random.Next(Texts));
                        var type = text % 2 == 0 ? AnomalyType.Truncated : AnomalyType.LowConfidence;
                        // The score carries the text's number: what is read must belong together.
                        buffer.Add(
                            Buffers.Odd(number, TextOf(text), type, text % 10 / 10f) with { Score = text },
                            ttl: text % 3 == 0 ? TimeSpan.FromMilliseconds(1 + text) : null);
                        Interlocked.Increment(ref asked);
                        break;
                }

                Check(buffer.Count <= Capacity);
            }
        });

        // Integrity: order, tables, count, bytes and types agree, and every add has one end.
        faults.ShouldBe(0);
        buffer.FindFault().ShouldBeNull();
        var statistics = buffer.GetStatistics();
        (statistics.Added + statistics.Repeated).ShouldBe(asked);
        (statistics.Added - statistics.EvictedForSize - statistics.Expired - cleared).ShouldBe(statistics.Size);
        // All of it happened.
        new[] { statistics.Repeated, statistics.EvictedForSize, statistics.Expired, cleared, seen, statistics.Size }.ShouldAllBe(count => count > 0);
        time.Advance(TimeSpan.FromDays(1));
        buffer.GetRecent(Capacity).ShouldBeEmpty();
        buffer.RemoveExpired().ShouldBe(statistics.Size);
        (buffer.Count, buffer.Bytes).ShouldBe((0, 0));

        void Check(bool holds) => Interlocked.Add(ref faults, holds ? 0 : 1);
    }

    private static string TextOf(int number) => $"{number} {new string('x', number % 60)}";
}
