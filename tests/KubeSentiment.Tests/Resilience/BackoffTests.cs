using CsCheck;
using KubeSentiment.Resilience;

namespace KubeSentiment.Tests.Resilience;

/// <summary>Bounds of the delays.</summary>
public sealed class BackoffTests
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    [Fact]
    public void Delay_AnyRepetition_StaysUnderItsCeiling() =>
        Gen.Select(Gen.Int[0, 2_000], Gen.Int).Sample((repetition, seed) =>
            new Backoff(First, Longest, new Random(seed)).Delay(repetition)
                .ShouldBeInRange(TimeSpan.Zero, repetition < 7 ? First * Math.Pow(2, repetition) : Longest));

    [Fact]
    public void Delay_ManyTimes_UsesTheWholeSpan()
    {
        var backoff = new Backoff(First, Longest, new Random(7));

        var delays = Enumerable.Range(0, 1_000).Select(_ => backoff.Delay(3).TotalMilliseconds).ToList();

        delays.Min().ShouldBeLessThan(4);
        delays.Max().ShouldBeGreaterThan(76);
        delays.Average().ShouldBeInRange(36, 44);
    }

    [Fact]
    public void Delay_SameSeed_IsTheSame() =>
        new Backoff(First, Longest, new Random(7)).Delay(5).ShouldBe(new Backoff(First, Longest, new Random(7)).Delay(5));

    [Fact]
    public void Delay_MoreThanIsLeft_GivesUp()
    {
        var delay = new Backoff(First, Longest, new Random(7)).Delay(5);

        new Backoff(First, Longest, new Random(7)).Delay(5, left: delay).ShouldBeNull();
        new Backoff(First, Longest, new Random(7)).Delay(5, left: delay + TimeSpan.FromTicks(1)).ShouldBe(delay);
    }

    [Fact]
    public void Delay_NothingLeft_GivesUp() => new Backoff(First, Longest, new Random(7)).Delay(0, TimeSpan.Zero).ShouldBeNull();
}
