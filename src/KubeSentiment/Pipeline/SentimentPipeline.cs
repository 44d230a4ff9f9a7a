using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;
using KubeSentiment.Observability;

namespace KubeSentiment.Pipeline;

/// <summary>The main path: what happens to a text between a door and its answer.</summary>
/// <remarks>
/// <list type="number">
/// <item><b>Check.</b> Empty and over-long texts go no further; nothing runs before the model is warm.</item>
/// <item><b>Tokenize.</b> As the model's own tokenizer does.</item>
/// <item><b>Predict.</b> All texts of a call enter the batcher together, or none does.</item>
/// <item><b>Answer</b>, text by text: what fails one leaves the others alone.</item>
/// </list>
/// </remarks>
public sealed class SentimentPipeline
{
    /// <summary>The queue drains in fractions of a second; whoever comes again after one finds room.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly SentimentModel _model;
    private readonly Readiness _readiness;
    private readonly PipelineMetrics _metrics;
    private readonly LabelScores _scores;
    private readonly int _maxTextLength;

    internal SentimentPipeline(SentimentModel model, PipelineOptions options, Readiness readiness, PipelineMetrics metrics)
    {
        _model = model;
        _readiness = readiness;
        _metrics = metrics;
        _scores = new LabelScores(model.Folder.Labels);
        _maxTextLength = options.MaxTextLength;
    }

    /// <summary>Predicts the sentiment of texts.</summary>
    /// <param name="texts">Any number of texts.</param>
    /// <param name="cancellationToken">Takes those still waiting out of the queue.</param>
    /// <returns>One outcome a text, in order: Predicted, Rejected, Refused or Failed.</returns>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    public Task<PredictionOutcome[]> PredictAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        RunAsync(texts, wantsEmbedding: false, cancellationToken);

    /// <summary>The sentence vectors of texts: the mean of the model's last layer over the tokens.</summary>
    /// <param name="texts">Any number of texts.</param>
    /// <param name="cancellationToken">Takes those still waiting out of the queue.</param>
    /// <returns>One outcome a text, in order: Featured, Rejected, Refused, Failed, or Unsupported where the model gives no vector.</returns>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    public Task<PredictionOutcome[]> ExtractFeaturesAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        _model.EmbeddingSize is null
            ? Task.FromResult(texts.Select(PredictionOutcome (_) => new PredictionOutcome.Unsupported()).ToArray())
            : RunAsync(texts, wantsEmbedding: true, cancellationToken);

    private async Task<PredictionOutcome[]> RunAsync(IReadOnlyList<string> texts, bool wantsEmbedding, CancellationToken cancellationToken)
    {
        using var activity = Tracing.Source.StartActivity("predict");
        activity?.SetTag("sentiment.texts", texts.Count);
        var outcomes = new PredictionOutcome[texts.Count];

        // 1. Check.
        var sound = Check(texts, outcomes);

        // 2. Tokenize.
        var tokens = sound.ConvertAll(i => _model.Tokenize(texts[i]));

        // 3. Predict: all together, or none.
        if (_model.TryInfer(tokens, wantsEmbedding, cancellationToken) is { } answers)
        {
            // 4. Answer, text by text.
            for (var i = 0; i < answers.Length; i++)
            {
                outcomes[sound[i]] = await AnswerAsync(answers[i], tokens[i], cancellationToken);
            }
        }
        else
        {
            sound.ForEach(i => outcomes[i] = new PredictionOutcome.Refused(RefusalReason.QueueFull, RetryAfter));
        }

        _metrics.Finished(outcomes);
        return outcomes;
    }

    /// <summary>Fills in the outcomes of texts that go no further.</summary>
    /// <returns>The indexes of the others.</returns>
    private List<int> Check(IReadOnlyList<string> texts, PredictionOutcome[] outcomes)
    {
        var sound = new List<int>(texts.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            if (TextRules.Check(texts[i], _maxTextLength) is { } fault)
            {
                outcomes[i] = new PredictionOutcome.Rejected(fault);
            }
            else if (_readiness.State == ReadinessState.Starting)
            {
                outcomes[i] = new PredictionOutcome.Refused(RefusalReason.ModelNotReady, RetryAfter);
            }
            else
            {
                sound.Add(i);
            }
        }

        return sound;
    }

    private async ValueTask<PredictionOutcome> AnswerAsync(Task<InferenceOutput> answer, TokenizedText tokens, CancellationToken cancellationToken)
    {
        try
        {
            var output = await answer;
            var cost = new TextCost(tokens.Ids.Length, tokens.Truncated, output.QueueTime, output.RunTime);
            return output.Embedding is { } vector
                ? new PredictionOutcome.Featured(vector, cost)
                : new PredictionOutcome.Predicted(_scores.Read(output.Logits, cost));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new PredictionOutcome.Failed(e);
        }
    }
}
