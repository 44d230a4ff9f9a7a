using KubeSentiment.Inference;

namespace KubeSentiment.Tests.Inference;

/// <summary>What the fast model may answer, and what is kept of it.</summary>
public sealed class CascadeRuleTests
{
    private static readonly ModelFolder Two = ModelFolder.Open(Models.BuiltIn, name: null);
    private static readonly ModelFolder One = ModelFolder.Open(Models.Tiny("tiny-distilbert-cased"), name: null);

    [Fact]
    public void Of_Defaults_IsTheMeasuredThreshold() => CascadeRule.Of(new CascadeOptions(), Two).ShouldBe(new CascadeRule(0.75f, MaxTokens: 0, Floor: null));

    [Fact]
    public void Of_NoFastModelOrSwitchedOff_IsNone()
    {
        CascadeRule.Of(new CascadeOptions(), One).ShouldBeNull();
        CascadeRule.Of(new CascadeOptions { Enabled = false }, Two).ShouldBeNull();
        CascadeRule.Of(new CascadeOptions { Threshold = 1.01 }, Two).ShouldBeNull();
        CascadeRule.Of(new CascadeOptions { Threshold = 1 }, Two).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(0, 0.8f)]
    [InlineData(0.5, 0.8f)]
    [InlineData(0.75, 0.7f)]
    [InlineData(1, 0.6f)]
    [InlineData(7, 0.6f)]
    public void ThresholdAt_APressure_FallsFromHalfAFullLineToTheFloorBeforeRefusal(double pressure, float threshold)
    {
        new CascadeRule(0.8f, 0, Floor: 0.6f).ThresholdAt(pressure).ShouldBe(threshold, 1e-6f);
        new CascadeRule(0.8f, 0, Floor: null).ThresholdAt(pressure).ShouldBe(0.8f);
    }

    [Theory]
    [InlineData(0, 512, true)]
    [InlineData(64, 64, true)]
    [InlineData(64, 65, false)]
    public void Admits_ATokenLimit_IsTheLongestText(int limit, int tokens, bool admitted) => new CascadeRule(0.8f, limit, null).Admits(tokens).ShouldBe(admitted);

    [Fact]
    public void TopScore_OfLogits_IsTheSoftmaxOfTheLargest()
    {
        CascadeRule.TopScore([0, 0, 0, 0]).ShouldBe(0.25f);
        CascadeRule.TopScore([1, 3, 2]).ShouldBe((float)(1 / (1 + Math.Exp(-1) + Math.Exp(-2))));
        // No exponential overflows.
        CascadeRule.TopScore([1_000, -1_000]).ShouldBe(1);
    }

    [Fact]
    public void Validate_FloorAboveTheThreshold_IsRefused()
    {
        var options = new CascadeOptions { Threshold = 0.7, Floor = 0.75 };
        options.Validate(new(options)).ShouldHaveSingleItem().MemberNames.ShouldContain(nameof(CascadeOptions.Floor));
        options.Floor = 0.7;
        options.Validate(new(options)).ShouldBeEmpty();
    }
}
