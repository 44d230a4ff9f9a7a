using KubeSentiment.Pipeline;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>What counts as a text.</summary>
public class TextRulesTests
{
    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\t\r\n\u00a0\u2003")]
    public void Check_WhiteSpaceOnly_Empty(string text) => TextRules.Check(text, 10).ShouldBe(TextFault.Empty);

    [Theory]
    [InlineData("0123456789", null)]
    [InlineData("01234567890", TextFault.TooLong)]
    [InlineData("😀😀😀😀😀😀😀😀😀😀", null)]
    [InlineData("😀😀😀😀😀😀😀😀😀😀😀", TextFault.TooLong)]
    public void Check_AtTheLimit_CountsCodePoints(string text, TextFault? expected) => TextRules.Check(text, 10).ShouldBe(expected);

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("é", 1)]
    [InlineData("日本", 2)]
    [InlineData("a😀b", 3)]
    public void Length_AnyText_CountsCodePoints(string text, int expected) => TextRules.Length(text).ShouldBe(expected);
}
