using KubeSentiment.Caching;

namespace KubeSentiment.Tests.Caching;

/// <summary>Many callers with batches of few keys, some of whom leave, some of whose computations fail: nobody hangs, nobody gets another's answer.</summary>
public sealed class SingleFlightSoakTests
{
    private const int Callers = 32;
    private const int Rounds = 1_500;
    private const int Keys = 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flights_ManyCallers_OneComputationAKeyAtATime(bool callersLeave)
    {
        var flights = new SingleFlight<int, int>();
        var running = new int[Keys];
        var (asked, computed, wrong, answered, left, failed) = (0, 0, 0, 0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(seed => Task.Run(() => Call(new Random(seed)))))
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        // Integrity: every wait ended in one of three ways, no answer was another key's, nothing is left in the air.
        wrong.ShouldBe(0);
        (answered + left + failed).ShouldBe(asked);
        computed.ShouldBeLessThan(asked);
        flights.Count.ShouldBe(0);

        async Task Call(Random random)
        {
            for (var round = 0; round < Rounds; round++)
            {
                using var cancellation = new CancellationTokenSource();
                var keys = Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(Keys)).ToArray();
                var seats = Array.ConvertAll(keys, key => flights.Join(key, cancellation.Token));
                Interlocked.Add(ref asked, keys.Length);
                for (var i = 0; i < keys.Length; i++)
                {
                    if (seats[i].Leads)
                    {
                        seats[i].Follow(Compute(keys[i], seats[i].Abandoned, random.Next(20) == 0, random.Next(4)));
                    }
                }

                if (callersLeave && random.Next(5) == 0)
                {
                    await cancellation.CancelAsync();
                }

                for (var i = 0; i < keys.Length; i++)
                {
                    try
                    {
                        Interlocked.Add(ref wrong, await seats[i].Answer == keys[i] * 10 ? 0 : 1);
                        Interlocked.Increment(ref answered);
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Add(ref wrong, cancellation.IsCancellationRequested ? 0 : 1);
                        Interlocked.Increment(ref left);
                    }
                    catch (TimeZoneNotFoundException)
                    {
                        Interlocked.Increment(ref failed);
                    }
                }
            }
        }

        async Task<int> Compute(int key, CancellationToken abandoned, bool fails, int yields)
        {
            Interlocked.Increment(ref computed);
            // An abandoned computation may still run while the next caller leads; without such, there is never a second one.
            Interlocked.Add(ref wrong, Interlocked.Increment(ref running[key]) > 1 && !callersLeave ? 1 : 0);
            for (var i = 0; i < yields; i++)
            {
                await Task.Yield();
            }

            Interlocked.Decrement(ref running[key]);
            abandoned.ThrowIfCancellationRequested();
            return fails ? throw new TimeZoneNotFoundException("An exception that nothing else throws.") : key * 10;
        }
    }
}
