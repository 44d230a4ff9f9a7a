using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference.Tokenization;

public sealed class UnigramScoreTests
{
    [Theory]
    [InlineData("0.0", 0.0)]
    [InlineData("-3.5", -3.5)]
    [InlineData("-12", -12.0)]
    [InlineData("2.5e1", 25.0)]
    [InlineData("-1.5E-2", -0.015)]
    [InlineData("100000000000000000000", 1e20)]
    public void Parse_FewDigits_IsTheNearestDouble(string number, double expected) => UnigramScore.Parse(number).ShouldBe(expected);

    [Fact]
    public void Parse_SeventeenDigits_RoundsTwiceAsHuggingFaceDoes()
    {
        UnigramScore.Parse("-9.007199254740993").ShouldBe(-(9007199254740992d / 1e15));
        UnigramScore.Parse("-9.0071992547409931").ShouldBe(-((double)90071992547409931UL / 1e16));
    }
}
