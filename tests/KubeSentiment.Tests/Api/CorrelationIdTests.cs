namespace KubeSentiment.Tests.Api;

/// <summary>The name of a request, on every answer.</summary>
public sealed class CorrelationIdTests(TestService service)
{
    private const string Header = "X-Correlation-ID";

    [Theory]
    [InlineData("order-4711")]
    [InlineData("a")]
    [InlineData("!\"#$%&'()*+-./:;<=>?@[]^_`{|}~")]
    public async Task CorrelationId_Sound_IsEchoed(string id)
    {
        (await service.GetAsync("/live", (Header, id)))[Header].ShouldBe(id);
        (await service.GetAsync("/nothing", (Header, id))).ShouldBeProblem(404, "E1004")[Header].ShouldBe(id);
    }

    [Fact]
    public async Task CorrelationId_OfTheLongestLength_IsEchoed()
    {
        var id = new string('x', 128);

        (await service.GetAsync("/live", (Header, id)))[Header].ShouldBe(id);
    }

    [Theory]
    [InlineData("grün")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("\u007f")]
    [InlineData("😀")]
    public async Task CorrelationId_WithOddCharacters_IsReplaced(string id) => ShouldBeNew((await service.GetAsync("/live", (Header, id)))[Header], id);

    [Fact]
    public async Task CorrelationId_TooLong_IsReplaced()
    {
        var id = new string('x', 129);

        ShouldBeNew((await service.GetAsync("/live", (Header, id)))[Header], id);
    }

    [Fact]
    public async Task CorrelationId_SentTwice_IsReplaced() => ShouldBeNew((await service.GetAsync("/live", (Header, "a"), (Header, "b")))[Header], "a");

    [Fact]
    public async Task CorrelationId_NotSent_IsNewForEachRequest()
    {
        var first = (await service.GetAsync("/live"))[Header];
        var second = (await service.GetAsync("/live"))[Header];

        ShouldBeNew(first, second!);
        ShouldBeNew(second, first!);
    }

    /// <summary>Traces need not be on for logs to meet the caller's.</summary>
    [Fact]
    public async Task CorrelationId_CallerSendsATrace_IsItsId() =>
        (await service.GetAsync("/live", ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")))[Header].ShouldBe("0af7651916cd43dd8448eb211c80319c");

    [Theory]
    [InlineData("00-0af7-b7ad-01")]
    [InlineData("x")]
    public async Task CorrelationId_CallerSendsABrokenTrace_IsNew(string parent) => ShouldBeNew((await service.GetAsync("/live", ("traceparent", parent)))[Header], parent);

    private static void ShouldBeNew(string? id, string other)
    {
        id.ShouldNotBe(other);
        id.ShouldNotBeNull().Length.ShouldBe(32);
        id.ShouldAllBe(c => char.IsAsciiHexDigitLower(c) || char.IsAsciiDigit(c));
    }
}
