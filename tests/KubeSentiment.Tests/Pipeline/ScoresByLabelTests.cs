using KubeSentiment.Pipeline;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>Reads as any dictionary does, in the order of the labels.</summary>
public sealed class ScoresByLabelTests
{
    private readonly ScoresByLabel _scores = new(["BAD", "GOOD"], [0.25f, 0.75f]);

    [Fact]
    public void Enumeration_OfAll_IsInTheOrderOfTheLabels()
    {
        _scores.ShouldBe([new("BAD", 0.25f), new("GOOD", 0.75f)]);
        _scores.Count.ShouldBe(2);
        _scores.Keys.ShouldBe(["BAD", "GOOD"]);
        _scores.Values.ShouldBe([0.25f, 0.75f]);
    }

    [Fact]
    public void Lookup_ALabel_IsItsScore()
    {
        _scores["GOOD"].ShouldBe(0.75f);
        _scores.ContainsKey("BAD").ShouldBeTrue();
        _scores.TryGetValue("BAD", out var score).ShouldBeTrue();
        score.ShouldBe(0.25f);
    }

    [Fact]
    public void Lookup_NoLabel_IsNotFound()
    {
        _scores.ContainsKey("good").ShouldBeFalse();
        _scores.TryGetValue("", out _).ShouldBeFalse();
        Should.Throw<KeyNotFoundException>(() => _scores["SOSO"]).Message.ShouldContain("SOSO");
    }
}
