using System.Collections.Concurrent;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>Predictions have names that sort by time and never come twice.</summary>
public sealed class PredictionIdTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void New_AnyTime_IsAUuidOfVersion7()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var id = PredictionId.New(Now);

            id.Version.ShouldBe(7);
            (id.Variant & 0b1100).ShouldBe(0b1000);
            id.ToString()[..13].ShouldBe(Guid.CreateVersion7(Now).ToString()[..13]);
        }
    }

    [Fact]
    public void New_OneMillisecondLater_SortsBehind() =>
        string.CompareOrdinal(PredictionId.New(Now).ToString(), PredictionId.New(Now.AddMilliseconds(1)).ToString()).ShouldBeNegative();

    [Fact]
    public void New_ManyOfOneMillisecond_SetEveryFreeBitAsOftenAsNot()
    {
        const int ids = 4_000;
        var set = new int[128];
        for (var i = 0; i < ids; i++)
        {
            var bytes = PredictionId.New(Now).ToByteArray(bigEndian: true);
            for (var bit = 0; bit < set.Length; bit++)
            {
                set[bit] += (bytes[bit / 8] >> (7 - (bit % 8))) & 1;
            }
        }

        // Behind 48 bits of time: 4 of the version, 12 at random, 2 of the variant, 62 at random. Six standard deviations of a fair coin are 190.
        var random = Enumerable.Range(52, 12).Concat(Enumerable.Range(66, 62));
        random.ShouldAllBe(bit => Math.Abs(set[bit] - (ids / 2)) < 200);
    }

    /// <summary>A soak: each thread has random bits of its own, and takes none twice.</summary>
    [Fact]
    public void New_ManyThreadsInOneMillisecond_NeverTwice()
    {
        const int threads = 8;
        const int each = 20_000;
        var ids = new ConcurrentBag<Guid[]>();

        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => ids.Add([.. Enumerable.Range(0, each).Select(_ => PredictionId.New(Now))]));

        ids.SelectMany(part => part).Distinct().Count().ShouldBe(threads * each);
    }
}
