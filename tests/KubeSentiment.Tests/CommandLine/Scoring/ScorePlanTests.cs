using KubeSentiment.CommandLine;
using KubeSentiment.CommandLine.Scoring;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.Tests.CommandLine.Scoring;

/// <summary>Where results go, and as what.</summary>
public sealed class ScorePlanTests
{
    [Theory]
    [InlineData("a.csv", null, null, "a.scored.csv", TableFormat.Csv)]
    [InlineData("d/a.jsonl.gz", null, null, "d/a.scored.jsonl.gz", TableFormat.Jsonl)]
    [InlineData("a.txt", null, null, "a.scored.csv", TableFormat.Csv)]
    [InlineData("a.log", null, null, "a.log.scored.csv", TableFormat.Csv)]
    [InlineData("a.csv", null, TableFormat.Parquet, "a.scored.parquet", TableFormat.Parquet)]
    [InlineData("a.csv.gz", null, TableFormat.Parquet, "a.scored.parquet", TableFormat.Parquet)]
    [InlineData("a.csv", "b.tsv.gz", null, "b.tsv.gz", TableFormat.Tsv)]
    [InlineData("a.csv", "b", null, "b", TableFormat.Csv)]
    [InlineData("d/a.csv", "out/", null, "out/a.scored.csv", TableFormat.Csv)]
    [InlineData("a.csv.gz", "-", null, "-", TableFormat.Csv)]
    [InlineData("-", null, null, "-", TableFormat.Csv)]
    [InlineData("-", "b.jsonl", null, "b.jsonl", TableFormat.Jsonl)]
    public void Of_AnInput_NamesItsOutput(string input, string? output, TableFormat? format, string expected, TableFormat written)
    {
        var plan = ScorePlan.Of([input], null, output, format).ShouldHaveSingleItem();

        plan.Output.ShouldBe(expected);
        plan.Format.ShouldBe(written);
        plan.Compressed.ShouldBe(expected.EndsWith(".gz", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a.csv b.csv", "c.csv", null)]
    [InlineData("d/a.csv e/a.csv", "out/", null)]
    [InlineData("a.csv", "b.txt", null)]
    [InlineData("a.csv", "-", TableFormat.Parquet)]
    [InlineData("-", "b.parquet", null)]
    [InlineData("a.csv", "b.parquet.gz", null)]
    [InlineData("-", "out/", null)]
    public void Of_WhatCannotBe_SaysSo(string inputs, string output, TableFormat? format) =>
        Should.Throw<CommandException>(() => ScorePlan.Of(inputs.Split(' '), null, output, format)).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public void Of_SeveralFiles_GivesEachItsOwn() =>
        ScorePlan.Of(["a.csv", "b.jsonl"], null, null, null).Select(plan => plan.Output).ShouldBe(["a.scored.csv", "b.scored.jsonl"]);
}
