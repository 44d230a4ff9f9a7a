using KubeSentiment.CommandLine;
using KubeSentiment.CommandLine.Scoring;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.Tests.CommandLine.Scoring;

/// <summary>Where results go, and as what.</summary>
public sealed class ScorePlanTests
{
    [Theory]
    [InlineData("a.csv", null, null, "a.scored.csv", "Csv")]
    [InlineData("d/a.jsonl.gz", null, null, "d/a.scored.jsonl.gz", "Jsonl")]
    [InlineData("a.txt", null, null, "a.scored.csv", "Csv")]
    [InlineData("a.log", null, null, "a.log.scored.csv", "Csv")]
    [InlineData("a.csv", null, "Parquet", "a.scored.parquet", "Parquet")]
    [InlineData("a.csv.gz", null, "Parquet", "a.scored.parquet", "Parquet")]
    [InlineData("a.csv", "b.tsv.gz", null, "b.tsv.gz", "Tsv")]
    [InlineData("a.csv", "b", null, "b", "Csv")]
    [InlineData("d/a.csv", "out/", null, "out/a.scored.csv", "Csv")]
    [InlineData("a.csv.gz", "-", null, "-", "Csv")]
    [InlineData("-", null, null, "-", "Csv")]
    [InlineData("-", "b.jsonl", null, "b.jsonl", "Jsonl")]
    public void Of_AnInput_NamesItsOutput(string input, string? output, string? format, string expected, string written)
    {
        var plan = ScorePlan.Of([input], null, output, Format(format)).ShouldHaveSingleItem();

        plan.Output.ShouldBe(expected);
        Format(written).ShouldBe(plan.Format);
        plan.Compressed.ShouldBe(expected.EndsWith(".gz", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a.csv b.csv", "c.csv", null)]
    [InlineData("d/a.csv e/a.csv", "out/", null)]
    [InlineData("a.csv", "b.txt", null)]
    [InlineData("a.csv", "-", "Parquet")]
    [InlineData("-", "b.parquet", null)]
    [InlineData("a.csv", "b.parquet.gz", null)]
    [InlineData("-", "out/", null)]
    [InlineData("a.csv", "/dev/null", null)]
    [InlineData("a.csv", "/proc/self/fd/1", null)]
    public void Of_WhatCannotBe_SaysSo(string inputs, string output, string? format) =>
        Should.Throw<CommandException>(() => ScorePlan.Of(inputs.Split(' '), null, output, Format(format))).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public void Of_SeveralFiles_GivesEachItsOwn() =>
        ScorePlan.Of(["a.csv", "b.jsonl"], null, null, null).Select(plan => plan.Output).ShouldBe(["a.scored.csv", "b.scored.jsonl"]);

    [Fact]
    public void Of_OutputThatIsALink_IsWhatItLeadsTo()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var (target, link) = (Path.Combine(folder.FullName, "real.csv"), Path.Combine(folder.FullName, "link.csv"));
            File.CreateSymbolicLink(link, target);

            ScorePlan.Of(["a.csv"], null, link, null).ShouldHaveSingleItem().Output.ShouldBe(target);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Of_OutputThatIsALinkToADevice_SaysSo()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var link = Path.Combine(folder.FullName, "link.csv");
            File.CreateSymbolicLink(link, "/dev/null");

            Should.Throw<CommandException>(() => ScorePlan.Of(["a.csv"], null, link, null)).ExitCode.ShouldBe(ExitCode.Usage);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static TableFormat? Format(string? name) => name is null ? null : Enum.Parse<TableFormat>(name);
}
