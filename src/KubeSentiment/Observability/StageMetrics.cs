namespace KubeSentiment.Observability;

/// <summary>The batchers' metrics as one stage records them.</summary>
internal sealed class StageMetrics(BatcherMetrics metrics, string stage)
{
    private readonly KeyValuePair<string, object?> _stage = new(MetricNames.Labels.Stage, stage);

    public void Ran(int texts, int tokens, TimeSpan duration)
    {
        metrics.BatchTexts.Record(texts, _stage);
        metrics.BatchTokens.Record(tokens, _stage);
        metrics.RunDuration.Record(duration.TotalSeconds, _stage);
    }

    public void Waited(TimeSpan duration) => metrics.QueueDuration.Record(duration.TotalSeconds, _stage);

    public void Answered(int texts, int brownOuts)
    {
        metrics.Answers.Add(texts, _stage);
        metrics.BrownOuts.Add(brownOuts);
    }

    public void Failed() => metrics.Errors.Add(1, _stage);
}
