using KubeSentiment.CommandLine;
using KubeSentiment.CommandLine.Scoring;
using KubeSentiment.CommandLine.Tables;
using KubeSentiment.Inference;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Tests.CommandLine.Scoring;

/// <summary>The columns that scoring adds.</summary>
public sealed class ResultColumnsTests
{
    private static readonly string[] Labels = ["BAD", "GOOD"];

    [Fact]
    public void All_BesideOtherColumns_HavePlainNames() => Names([new("text")], null).ShouldBe(["label", "score", "score_BAD", "score_GOOD", "truncated", "stage", "error"]);

    [Fact]
    public void All_BesideAColumnOfSuchAName_BeginDifferently() =>
        Names([new("text"), new("label")], null).ShouldBe(["sentiment_label", "sentiment_score", "sentiment_score_BAD", "sentiment_score_GOOD", "sentiment_truncated", "sentiment_stage", "sentiment_error"]);

    [Theory]
    [InlineData("label", "")]
    [InlineData("p_error", "p_")]
    public void All_WithAGivenPrefixThatDoesNotHelp_IsRefused(string column, string prefix) =>
        Should.Throw<CommandException>(() => Names([new(column)], prefix)).Message.ShouldContain($"'{column}'");

    [Fact]
    public void Of_APrediction_RoundsTheScores()
    {
        var scores = new Dictionary<string, float> { ["BAD"] = 0.00000012f, ["GOOD"] = 0.99999988f };
        var prediction = new KubeSentiment.Pipeline.Prediction("GOOD", 0.99999988f, scores, new AnswerOrigin(AnswerSource.Model, 3, true, default, default) { Stage = AnswerStage.Fast });

        new ResultColumns(Labels, [], null).Of(prediction).ShouldBe(["GOOD", "1", "0", "1", "true", "fast", null]);
    }

    [Fact]
    public void OfFault_FillsTheLastColumnOnly() => new ResultColumns(Labels, [], null).OfFault("empty text").ShouldBe([null, null, null, null, null, null, "empty text"]);

    private static IEnumerable<string> Names(IReadOnlyList<TableColumn> input, string? prefix) => new ResultColumns(Labels, input, prefix).All.Select(column => column.Name);
}
