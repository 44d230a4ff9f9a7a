using KubeSentiment.Caching;
using KubeSentiment.Inference;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Caching;

/// <summary>What can be the model's answer, and what cannot.</summary>
public sealed class AnswerShapeTests
{
    private static readonly AnswerShape Shape = new("model", 3, 4);
    private static readonly CacheKey Key = CacheKey.OfTokens("model", [1, 2]);

    [Theory]
    [InlineData(CacheType.Prediction, new[] { 1f, -2f, float.MaxValue }, true)]
    [InlineData(CacheType.Feature, new[] { 1f, 2f, 3f, 4f }, true)]
    [InlineData(CacheType.Prediction, new float[0], false)]
    [InlineData(CacheType.Prediction, new[] { 1f, 2f }, false)]
    [InlineData(CacheType.Prediction, new[] { 1f, 2f, 3f, 4f }, false)]
    [InlineData(CacheType.Feature, new[] { 1f, 2f, 3f }, false)]
    [InlineData(CacheType.Prediction, new[] { 1f, float.NaN, 3f }, false)]
    [InlineData(CacheType.Prediction, new[] { 1f, 2f, float.PositiveInfinity }, false)]
    [InlineData(CacheType.Prediction, new[] { float.NegativeInfinity, 2f, 3f }, false)]
    public void Fits_TheModelsKey_OnlyWhatTheModelCanSay(CacheType type, float[] values, bool fits) => Shape.Fits(type, Key, values).ShouldBe(fits);

    [Fact]
    public void Fits_WithoutVectors_NoVector() => (Shape with { FeatureValues = null }).Fits(CacheType.Feature, Key, [1, 2, 3, 4]).ShouldBeFalse();

    [Fact]
    public void Fits_AnApplicationsKey_Anything()
    {
        Shape.Fits(CacheType.Prediction, CacheKey.OfName("name"), [float.NaN]).ShouldBeTrue();
        Shape.Fits(CacheType.Prediction, CacheKey.OfName("name"), []).ShouldBeTrue();
    }

    [Fact]
    public void Fits_UnknownModel_AnyNumberOfNumbers()
    {
        AnswerShape.Unknown.Fits(CacheType.Prediction, Key, [1, 2]).ShouldBeTrue();
        AnswerShape.Unknown.Fits(CacheType.Prediction, Key, [1, float.NaN]).ShouldBeFalse();
        AnswerShape.Unknown.Fits(CacheType.Prediction, Key, []).ShouldBeFalse();
    }

    [Fact]
    public async Task Service_Started_KnowsItsModels()
    {
        await using var service = new TestService();

        var model = service.Services.GetRequiredService<SentimentModel>();

        service.Services.GetRequiredService<AnswerShape>().ShouldBe(new AnswerShape(model.Fingerprint, model.Folder.Labels.Count, model.EmbeddingSize));
    }
}
