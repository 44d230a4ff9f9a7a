using KubeSentiment.Load;

namespace KubeSentiment.Tests.Load;

/// <summary>A ticket gives one place back, once, whoever took the place in the meantime.</summary>
public sealed class LeaseTableTests
{
    private const int Threads = 8;
    private const int RoundsEach = 50_000;

    [Fact]
    public void Remove_Twice_GivesItsWeightOnce()
    {
        var table = new LeaseTable(capacity: 1);
        var ticket = table.Add(7);

        table.Remove(ticket).ShouldBe(7);
        table.Remove(ticket).ShouldBe(0);
        var next = table.Add(3);
        table.Remove(ticket).ShouldBe(0);
        table.Remove(next).ShouldBe(3);
    }

    /// <summary>A soak: many threads share few rows, and each ticket is returned by two of them at once.</summary>
    [Fact]
    public void AddAndRemove_ManyThreads_EachWeightComesBackOnce()
    {
        var table = new LeaseTable(capacity: Threads);
        long lent = 0, returned = 0;

        Parallel.For(0, Threads / 2, new ParallelOptions { MaxDegreeOfParallelism = Threads / 2 }, seed =>
        {
            var random = new Random(seed);
            for (var round = 0; round < RoundsEach; round++)
            {
                var weight = random.Next(1, 100);
                var ticket = table.Add(weight);
                Interlocked.Add(ref lent, weight);
                var other = round % 100 == 0 ? Task.Run(() => table.Remove(ticket)) : Task.FromResult(0);
                Interlocked.Add(ref returned, table.Remove(ticket) + other.GetAwaiter().GetResult());
            }
        });

        returned.ShouldBe(lent);
    }
}
