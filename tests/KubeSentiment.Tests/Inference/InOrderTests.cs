using CsCheck;
using KubeSentiment.Inference;

namespace KubeSentiment.Tests.Inference;

/// <summary>Texts share a run in the order in which they came, unless the attention would pay for it.</summary>
public sealed class InOrderTests
{
    private const int Budget = 256;
    private const int MaxTokens = 512;
    private readonly QueuePlaces _places = new(1_000);
    private readonly List<PendingInference> _batch = [];

    [Fact]
    public void Fill_ShortTexts_ShareARunWhateverTheirLengths() => Fill(Waiting(3, 24, 12, 5, 18)).ShouldBe([3, 24, 12, 5, 18]);

    [Fact]
    public void Fill_LongBesideShort_IsPassedOverAndOpensTheNext()
    {
        var lanes = Waiting(10, 300, 12, 301);

        Fill(lanes).ShouldBe([10, 12]);
        Fill(lanes).ShouldBe([300]);
        Fill(lanes).ShouldBe([301]);
    }

    [Fact]
    public void Fill_LongTexts_ShareARunOnlyWithTheirLike() => Fill(Waiting(100, 101, 90, 100), budget: 1_000).ShouldBe([100, 101, 100]);

    [Fact]
    public void Fill_MoreTokensThanTheBudget_StopsInOrder()
    {
        var lanes = Waiting(30, 20, 20, 5);

        Fill(lanes, budget: 64).ShouldBe([30, 20]);
        Fill(lanes, budget: 64).ShouldBe([20, 5]);
    }

    [Fact]
    public void Fill_OneTextOverTheBudget_RunsAlone() => Fill(Waiting(500, 500)).ShouldBe([500]);

    [Fact]
    public void Fill_NoMoreThanItsShare_LeavesTheRest() => Fill(Waiting(10, 11, 12), most: 2).ShouldBe([10, 11]);

    [Fact]
    public void Fill_Nobody_IsFalse() => new InOrder(6).Fill(new TextLanes(MaxTokens, _places), Budget, 10, _batch).ShouldBeFalse();

    /// <summary>With few that wait another run is dear; with many it is shared.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(60, false)]
    public void Fill_UnlikeLengths_ShareARunWhileFewWait(int others, bool isShared)
    {
        var lanes = Waiting([36, 20, .. Enumerable.Repeat(400, others)]);

        Fill(lanes).ShouldBe(isShared ? [36, 20] : [36]);
    }

    [Fact]
    public void Fill_CallersWhoWentAway_AreSkippedAndLeaveRoom()
    {
        _places.TryTake(3).ShouldBeTrue();
        var lanes = new TextLanes(MaxTokens, _places);
        using var cancellation = new CancellationTokenSource();
        foreach (var text in new[] { PendingTexts.Of(10, caller: cancellation), PendingTexts.Of(11), PendingTexts.Of(12, caller: cancellation) })
        {
            text.Sequence = lanes.Count;
            lanes.Enqueue(text);
        }

        cancellation.Cancel();

        Fill(lanes).ShouldBe([11]);
        lanes.Count.ShouldBe(0);
        // The third's place is with whoever took it.
        _places.Taken.ShouldBe(1);
    }

    [Fact]
    public void Fill_AnyLengths_TakesAllOnceAndTheOldestOpens() => Gen.Int[1, MaxTokens].List[1, 200].Sample(lengths =>
    {
        var lanes = Waiting([.. lengths]);
        var left = Enumerable.Range(0, lengths.Count).Select(i => (long)i).ToList();
        while (left.Count > 0)
        {
            _batch.Clear();
            new InOrder(6).Fill(lanes, Budget, int.MaxValue, _batch).ShouldBeTrue();
            var taken = _batch.Select(text => text.Sequence).ToList();

            taken[0].ShouldBe(left[0]);
            (taken.Count == 1 || _batch.Sum(text => text.Length) <= Budget).ShouldBeTrue();
            left.RemoveAll(taken.Contains).ShouldBe(taken.Count);
        }

        lanes.Count.ShouldBe(0);
    }, iter: 300, threads: 1);

    private TextLanes Waiting(params int[] lengths)
    {
        var lanes = new TextLanes(MaxTokens, _places);
        foreach (var (i, length) in lengths.Index())
        {
            var text = PendingTexts.Of(length);
            text.Sequence = i;
            lanes.Enqueue(text);
        }

        return lanes;
    }

    private int[] Fill(TextLanes lanes, int budget = Budget, int most = int.MaxValue)
    {
        _batch.Clear();
        new InOrder(6).Fill(lanes, budget, most, _batch).ShouldBeTrue();
        return [.. _batch.Select(text => text.Length)];
    }
}
