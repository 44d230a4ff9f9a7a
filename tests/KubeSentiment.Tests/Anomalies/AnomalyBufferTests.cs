using System.Runtime.CompilerServices;
using KubeSentiment.Anomalies;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Anomalies;

/// <summary>The buffer for review: bounds, life, order, and that nothing is in it twice.</summary>
[Collection(nameof(ByItself))]
public sealed class AnomalyBufferTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(3600);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Get_OfAnAddedEntry_IsAllThatWasKnown()
    {
        var buffer = Buffers.Buffer(_time);

        var id = buffer.Add(Buffers.Odd(7, "a close call"));

        id.ShouldBe(Buffers.IdOf(7));
        var entry = buffer.Get(id).ShouldNotBeNull();
        (entry.Id, entry.Text, entry.TextLength, entry.Label, entry.Score, entry.Source)
            .ShouldBe((id, "a close call", 12, "NEUTRAL", 0.4f, "request/7"));
        entry.Anomalies.ShouldHaveSingleItem().ShouldBe(new Anomaly(AnomalyType.LowConfidence, 0.5f));
        (entry.DetectedAt, entry.ExpiresAt).ShouldBe((_time.GetUtcNow(), _time.GetUtcNow() + Ttl));
        buffer.Get(Buffers.IdOf(8)).ShouldBeNull();
    }

    [Fact]
    public void Add_WithoutAnomalies_Throws() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Buffers.Buffer(_time).Add(Buffers.Odd(1) with { Anomalies = [] }));

    [Fact]
    public void Add_WhenFull_PushesOutTheOldest()
    {
        var buffer = Buffers.Buffer(_time, new AnomalyOptions { MaxSize = 3 });
        for (var i = 1; i <= 5; i++)
        {
            buffer.Add(Buffers.Odd(i));
            buffer.Count.ShouldBe(Math.Min(i, 3));
        }

        buffer.GetRecent(10).Select(entry => entry.Id).ShouldBe([Buffers.IdOf(5), Buffers.IdOf(4), Buffers.IdOf(3)]);
        buffer.Get(Buffers.IdOf(2)).ShouldBeNull();
        (buffer.EvictedForSize, buffer.Expired).ShouldBe((2, 0));
        buffer.FindFault().ShouldBeNull();
    }

    [Fact]
    public void Add_FullOfWhatIsPastItsTime_CountsItAsExpired()
    {
        var buffer = Buffers.Buffer(_time, new AnomalyOptions { MaxSize = 1 });
        buffer.Add(Buffers.Odd(1));
        _time.Advance(Ttl);

        buffer.Add(Buffers.Odd(2));

        (buffer.EvictedForSize, buffer.Expired, buffer.Count).ShouldBe((0, 1, 1));
    }

    [Fact]
    public void Add_SameTextAgain_GivesTheEntryThatIsThere()
    {
        var buffer = Buffers.Buffer(_time);
        buffer.Add(Buffers.Odd(1, "replayed"));
        _time.Advance(TimeSpan.FromSeconds(10));

        buffer.Add(Buffers.Odd(1, "replayed")).ShouldBe(Buffers.IdOf(1));
        buffer.Add(Buffers.Odd(2, "replayed")).ShouldBe(Buffers.IdOf(1));
        buffer.Add(Buffers.Odd(3, "replaye")).ShouldBe(Buffers.IdOf(3));

        var statistics = buffer.GetStatistics();
        (statistics.Size, statistics.Added, statistics.Repeated).ShouldBe((2, 2, 2));
        buffer.GetRecent(10)[1].DetectedAt.ShouldBe(_time.GetUtcNow() - TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Add_SameTextAfterItsEntrysTime_IsAddedAnew()
    {
        var buffer = Buffers.Buffer(_time);
        buffer.Add(Buffers.Odd(1, "again"));
        _time.Advance(Ttl);

        buffer.Add(Buffers.Odd(1, "again")).ShouldBe(Buffers.IdOf(1));
        buffer.Add(Buffers.Odd(2, "other")).ShouldBe(Buffers.IdOf(2));

        buffer.Get(Buffers.IdOf(1)).ShouldNotBeNull().DetectedAt.ShouldBe(_time.GetUtcNow());
        (buffer.Count, buffer.Expired).ShouldBe((2, 1));
        buffer.FindFault().ShouldBeNull();
    }

    [Fact]
    public void Add_IdOfAnEntryPastItsTime_TakesItsPlace()
    {
        var buffer = Buffers.Buffer(_time);
        buffer.Add(Buffers.Odd(1, "before"));
        _time.Advance(Ttl);

        buffer.Add(Buffers.Odd(1, "after")).ShouldBe(Buffers.IdOf(1));

        buffer.Get(Buffers.IdOf(1)).ShouldNotBeNull().Text.ShouldBe("after");
        buffer.Count.ShouldBe(1);
        buffer.FindFault().ShouldBeNull();
    }

    [Fact]
    public void Reading_PastItsTime_FindsNothing()
    {
        var buffer = Buffers.Buffer(_time);
        buffer.Add(Buffers.Odd(1));
        buffer.Add(Buffers.Odd(2), ttl: TimeSpan.FromSeconds(10));
        buffer.Add(Buffers.Odd(3), ttl: Ttl * 2);

        _time.Advance(TimeSpan.FromSeconds(10));
        buffer.Get(Buffers.IdOf(2)).ShouldBeNull();
        buffer.GetRecent(10).Select(entry => entry.Id).ShouldBe([Buffers.IdOf(3), Buffers.IdOf(1)]);
        _time.Advance(Ttl);
        buffer.GetRecent(10).ShouldHaveSingleItem().Id.ShouldBe(Buffers.IdOf(3));

        // Nothing was cleaned up yet; statistics do.
        buffer.Count.ShouldBe(3);
        buffer.GetStatistics().Size.ShouldBe(1);
        buffer.Expired.ShouldBe(2);
        buffer.FindFault().ShouldBeNull();
    }

    [Fact]
    public void GetRecent_WithFilters_TakesTheNewestOfThoseThatMatch()
    {
        var buffer = Buffers.Buffer(_time);
        for (var i = 0; i < 10; i++)
        {
            buffer.Add(Buffers.Odd(i, type: i % 2 == 0 ? AnomalyType.Truncated : AnomalyType.LowConfidence, score: i / 10f));
        }

        buffer.Add(new OddPrediction(Buffers.IdOf(10), "both", "NEGATIVE", 1, [new(AnomalyType.Truncated, 0.1f), new(AnomalyType.LowConfidence, 0.9f)]));

        Ids(2).ShouldBe([10, 9]);
        Ids(100).ShouldBe([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
        Ids(3, minScore: 0.6).ShouldBe([10, 9, 8]);
        Ids(100, type: AnomalyType.Truncated).ShouldBe([10, 8, 6, 4, 2, 0]);
        // The score must be that of the type that was asked for.
        Ids(100, 0.5, AnomalyType.Truncated).ShouldBe([8, 6]);
        Ids(100, type: AnomalyType.OutOfVocabulary).ShouldBeEmpty();
        Ids(0).ShouldBeEmpty();

        int[] Ids(int limit, double minScore = 0, AnomalyType? type = null) =>
            [.. buffer.GetRecent(limit, minScore, type).Select(entry => BitConverter.ToInt32(entry.Id.ToByteArray()))];
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(3, "ab")]
    [InlineData(4, "ab😀")]
    [InlineData(5, "ab😀c")]
    [InlineData(100, "ab😀c")]
    public void Add_TextOverTheLimit_KeepsItsBeginningInWholeCharacters(int limit, string? kept)
    {
        var buffer = Buffers.Buffer(_time, new AnomalyOptions { MaxTextLength = limit });

        var entry = buffer.Get(buffer.Add(Buffers.Odd(1, "ab😀c")))!;

        entry.Text.ShouldBe(kept);
        entry.TextLength.ShouldBe(4);
        buffer.Add(Buffers.Odd(2, "ab😀d")).ShouldBe(Buffers.IdOf(2));
        buffer.Add(Buffers.Odd(3, "ab😀c")).ShouldBe(Buffers.IdOf(1));
    }

    [Fact]
    public void Clear_OfAFullBuffer_LeavesNothing()
    {
        var buffer = Buffers.Buffer(_time);
        buffer.Add(Buffers.Odd(1), ttl: TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        buffer.Add(Buffers.Odd(2));

        buffer.Clear().ShouldBe(1);

        buffer.GetRecent(10).ShouldBeEmpty();
        var statistics = buffer.GetStatistics();
        (statistics.Size, statistics.Bytes, statistics.Added, statistics.EvictedForSize, statistics.Expired).ShouldBe((0, 0, 2, 0, 1));
        buffer.Add(Buffers.Odd(2)).ShouldBe(Buffers.IdOf(2));
        buffer.FindFault().ShouldBeNull();
    }

    [Fact]
    public void GetStatistics_OfSeveralTypes_CountsEach()
    {
        var buffer = Buffers.Buffer(_time);
        buffer.Add(Buffers.Odd(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        buffer.Add(Buffers.Odd(2) with { Anomalies = [new(AnomalyType.LowConfidence, 0.1f), new(AnomalyType.Truncated, 0.2f)] });

        var statistics = buffer.GetStatistics();

        statistics.Types[AnomalyType.LowConfidence].ShouldBe(2);
        statistics.Types[AnomalyType.Truncated].ShouldBe(1);
        statistics.Types[AnomalyType.UnusualLength].ShouldBe(0);
        (statistics.Size, statistics.Capacity).ShouldBe((2, 10_000));
        (statistics.NewestAt - statistics.OldestAt).ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Cleaner_EveryInterval_TakesOutWhatIsPastItsTime()
    {
        var options = new AnomalyOptions { DefaultTtl = TimeSpan.FromSeconds(100), CleanupInterval = TimeSpan.FromSeconds(60) };
        var buffer = Buffers.Buffer(_time, options);
        using var cleaner = new AnomalyCleaner(buffer, options, _time);
        await cleaner.StartAsync(TestContext.Current.CancellationToken);
        buffer.Add(Buffers.Odd(1));

        // When the timer starts, and when it is answered, is up to the pool's threads; the clock stands still unless it is moved.
        SpinWait.SpinUntil(
            () =>
            {
                _time.Advance(options.CleanupInterval);
                return buffer.Count == 0;
            },
            TimeSpan.FromSeconds(10)).ShouldBeTrue();
        buffer.Expired.ShouldBe(1);
        await cleaner.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Texts are users': what has left must not stay in memory because a table still knows it.</summary>
    [Theory]
    [InlineData("pushed out")]
    [InlineData("past its time")]
    [InlineData("replaced")]
    [InlineData("cleared")]
    public void Text_OfAnEntryThatHasLeft_IsHeldByNothing(string how)
    {
        var buffer = Buffers.Buffer(_time, new AnomalyOptions { MaxSize = 2 });
        var (text, other) = (AddNewText(buffer, 1, TimeSpan.FromSeconds(1)), AddNewText(buffer, 2, Ttl));
        IsHeld(text).ShouldBeTrue("It is the text itself that the buffer holds, or the rest shows nothing.");

        switch (how)
        {
            case "pushed out":
                AddNewText(buffer, 3, Ttl);
                break;
            case "cleared":
                buffer.Clear();
                break;
            default:
                _time.Advance(TimeSpan.FromSeconds(1));
                _ = how == "replaced" ? AddNewText(buffer, 1, Ttl) : buffer.GetStatistics() as object;
                break;
        }

        IsHeld(text).ShouldBeFalse();
        IsHeld(other).ShouldBe(how != "cleared");
        GC.KeepAlive(buffer);
    }

    [Fact]
    public void Bytes_OfAFullBuffer_AreWhatTheHeapGrowsBy()
    {
        const int Count = 50_000;

        Heap.ShareOf(Filled, buffer => buffer.Bytes).ShouldBeInRange(0.8, 1.25);

        AnomalyBuffer Filled()
        {
            var buffer = Buffers.Buffer(_time, new AnomalyOptions { MaxSize = Count });
            for (var i = 0; i < 2 * Count; i++)
            {
                buffer.Add(Buffers.Odd(i, $"{i:D8} is an odd text of ordinary length, as people write them about films"));
            }

            buffer.Count.ShouldBe(Count);
            return buffer;
        }
    }

    /// <summary>A method of its own, so that nothing of the text is left on the test's stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference AddNewText(AnomalyBuffer buffer, int number, TimeSpan ttl)
    {
        var text = $"a text that only this entry has: {number}";
        buffer.Add(Buffers.Odd(number, text), ttl);
        return new WeakReference(text);
    }

    private static bool IsHeld(WeakReference text)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return text.IsAlive;
    }
}
