using KubeSentiment.CommandLine;

namespace KubeSentiment.Tests.CommandLine;

/// <summary>Texts in tables.</summary>
public sealed class TerminalTests
{
    [Theory]
    [InlineData("good", "good")]
    [InlineData("a|b||", @"a\|b\|\|")]
    [InlineData(@"C:\new", @"C:\new")]
    [InlineData(@"a\|b", @"a\\\|b")]
    [InlineData(@"a\\|b", @"a\\\\\|b")]
    [InlineData("one\ntwo\r\nthree\rfour\u2028five", "one<br>two<br>three<br>four<br>five")]
    public void InMarkdown_AText_StaysInItsCell(string text, string expected) => Terminal.InMarkdown(text).ShouldBe(expected);
}
