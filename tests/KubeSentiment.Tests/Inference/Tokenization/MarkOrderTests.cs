using System.Globalization;
using System.Text;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference.Tokenization;

public sealed class MarkOrderTests
{
    private static readonly Rune[] Marks = [.. Enumerable.Range(0x300, 0x20000).Where(Rune.IsValid).Select(code => new Rune(code))
        .Where(rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)];

    [Fact]
    public void Order_AnyMarks_LeavesNothingForIcuToMove()
    {
        var random = new Random(20240611);
        for (var round = 0; round < 200; round++)
        {
            var text = "a" + string.Concat(Enumerable.Range(0, 200).Select(_ => Marks[random.Next(Marks.Length)])) + "é";
            var output = new CharBuffer([]);

            MarkOrder.Order(text, ref output);

            var marks = output.Written[..^1].ToString();
            marks.IsNormalized(NormalizationForm.FormD).ShouldBeTrue();
            (marks + "é").Normalize(NormalizationForm.FormD).ShouldBe(text.Normalize(NormalizationForm.FormD));
            output.Dispose();
        }
    }

    [Theory]
    [InlineData(47, false)]
    [InlineData(48, true)]
    public void HasLongRun_RunOfMarks_IsLongFrom48On(int marks, bool expected) =>
        MarkOrder.HasLongRun($"{new string('e', 100)}{new string('\u0301', marks)}x").ShouldBe(expected);
}
