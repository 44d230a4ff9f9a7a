using KubeSentiment.CommandLine;
using KubeSentiment.CommandLine.Evaluation;

namespace KubeSentiment.Tests.CommandLine.Evaluation;

/// <summary>What a file's labels mean.</summary>
public sealed class LabelMapTests
{
    private static readonly string[] Labels = ["NEGATIVE", "NEUTRAL", "POSITIVE"];

    [Theory]
    [InlineData("0 1", "", "NEGATIVE POSITIVE")]
    [InlineData("0 1 2", "", "NEGATIVE NEUTRAL POSITIVE")]
    [InlineData("neg Pos", "", "NEGATIVE POSITIVE")]
    [InlineData("positive negative neutral", "", "POSITIVE NEGATIVE NEUTRAL")]
    [InlineData("-1 0 1", "-1=NEGATIVE,0=NEUTRAL,1=POSITIVE", "NEGATIVE NEUTRAL POSITIVE")]
    [InlineData("-1 0 1", "", "NEGATIVE NEUTRAL POSITIVE")]
    [InlineData("-1 1", "", "NEGATIVE POSITIVE")]
    [InlineData("-1 0 +1", "", "NEGATIVE NEUTRAL POSITIVE")]
    [InlineData("0 +1", "", "NEGATIVE POSITIVE")]
    [InlineData("1 2", "", "NEUTRAL POSITIVE")]
    [InlineData("1 5", "1=negative,5=positive", "NEGATIVE POSITIVE")]
    public void Of_UsualLabels_AreUnderstood(string values, string given, string meaning)
    {
        var map = LabelMap.Of(values.Split(' '), Labels, LabelMap.Parse(given), allLabels: false);

        values.Split(' ').Select(value => map.Classes[map.ClassOf(value)]).ShouldBe(meaning.Split(' '));
    }

    /// <summary>By their ids 1 would be two stars: a file of reviews would be judged wrong by one star, or refused for its 5.</summary>
    [Theory]
    [InlineData("1 2 3", "1 star,2 stars,3 stars")]
    [InlineData("1 3", "1 star,3 stars")]
    [InlineData("0 1 2", "1 star,2 stars,3 stars")]
    public void Of_NumbersForStars_AreTheStarsUnlessTheyBeginAtZero(string values, string meaning)
    {
        var map = LabelMap.Of(values.Split(' '), ["1 star", "2 stars", "3 stars"], LabelMap.Parse(null), allLabels: false);

        values.Split(' ').Select(value => map.Classes[map.ClassOf(value)]).ShouldBe(meaning.Split(','));
    }

    [Fact]
    public void Of_TwoOfThreeLabels_ComparesTwo()
    {
        LabelMap.Of(["0", "1"], Labels, LabelMap.Parse(null), allLabels: false).Classes.ShouldBe(["NEGATIVE", "POSITIVE"]);
        LabelMap.Of(["0", "1"], Labels, LabelMap.Parse(null), allLabels: true).Classes.ShouldBe(Labels);
    }

    [Theory]
    [InlineData("happy sad", "")]
    [InlineData("0 1", "0=AWFUL")]
    [InlineData("7", "")]
    [InlineData("-1 0 2", "")]
    [InlineData("-2 0", "")]
    [InlineData("0 1", "0")]
    public void Of_LabelsThatNobodyKnows_AreRefused(string values, string given) =>
        Should.Throw<CommandException>(() => LabelMap.Of(values.Split(' '), Labels, LabelMap.Parse(given), allLabels: false)).ExitCode.ShouldBe(ExitCode.Usage);
}
