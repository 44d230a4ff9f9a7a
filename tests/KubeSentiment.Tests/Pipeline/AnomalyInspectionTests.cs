using KubeSentiment.Anomalies;
using KubeSentiment.Pipeline;
using KubeSentiment.Tests.Anomalies;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>What inspection tells of a model; what it does to predictions is in <see cref="SentimentPipelineTests"/>.</summary>
public sealed class AnomalyInspectionTests
{
    private static readonly string[] Stars = ["1 star", "2 stars", "3 stars"];

    [Theory]
    [InlineData(new[] { "negative", "positive" }, false)]
    [InlineData(new[] { "LABEL_0", "LABEL_1" }, true)]
    public void MissesNegatives_OfAModel_IsWhetherNoLabelCounts(string[] labels, bool misses) =>
        Inspection(new AnomalyOptions()).MissesNegatives(labels).ShouldBe(misses);

    [Fact]
    public void MissesNegatives_WhereTheyAreNamedOrNotWanted_IsFalse()
    {
        Inspection(new AnomalyOptions()).MissesNegatives(Stars).ShouldBeTrue();
        Inspection(new AnomalyOptions { NegativeLabels = ["1 Star"] }).MissesNegatives(Stars).ShouldBeFalse();
        Inspection(new AnomalyOptions { Types = ["truncated"] }).MissesNegatives(Stars).ShouldBeFalse();
        Inspection(new AnomalyOptions { Enabled = false }).MissesNegatives(Stars).ShouldBeFalse();
    }

    private static AnomalyInspection Inspection(AnomalyOptions options) =>
        new(Buffers.Detector(options), Buffers.Buffer(TimeProvider.System, options), options);
}
