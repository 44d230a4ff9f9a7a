using KubeSentiment.Observability;

namespace KubeSentiment.Tests.Inference;

/// <summary>What docs/cascade.md says is what the code does.</summary>
public sealed class CascadePageTests
{
    [Fact]
    public void Page_Metrics_AreThoseOfTheBatchers()
    {
        var meters = Models.Meters();
        new BatcherMetrics(meters).ObserveQueues([(StageNames.Full, () => 0)], capacity: 1);

        DocumentedMetrics.Check("docs/cascade.md", "sentiment_", meters);
    }
}
