using KubeSentiment.Caching;
using KubeSentiment.Inference;
using KubeSentiment.Load;
using KubeSentiment.Observability;

namespace KubeSentiment.Pipeline;

/// <summary>The main path: what happens to a text between a door and its answer.</summary>
/// <remarks>
/// <list type="number">
/// <item><b>Admit.</b> Empty and over-long texts go no further, and what memory knows by the text needs no place; for the others a full gate refuses early.</item>
/// <item><b>Look up</b> the others in Redis, by their tokens, all in one round trip.</item>
/// <item><b>Predict the misses.</b> A text that is being computed is waited for, not computed again; all others of the call enter the batcher together, or none
/// does.</item>
/// <item><b>Remember</b>: in memory now, in Redis by a write in the background.</item>
/// <item><b>Inspect.</b> What is odd about a prediction stands in its answer, and the prediction in the buffer for review.</item>
/// <item><b>Answer</b>, text by text: what fails one leaves the others alone.</item>
/// </list>
/// </remarks>
public sealed class SentimentPipeline
{
    private static readonly PredictionOutcome.Refused StillStarts = new(RefusalReason.ModelNotReady, PredictionOutcome.Refused.Soon);

    private readonly AdmissionController _gate;
    private readonly SentimentCache _cache;
    private readonly SentimentModel _model;
    private readonly AnomalyInspection _inspection;
    private readonly Readiness _readiness;
    private readonly PipelineMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Flights _flights;
    private readonly LabelScores _scores;
    private readonly int _maxTextLength;

    internal SentimentPipeline(
        AdmissionController gate,
        SentimentCache cache,
        SentimentModel model,
        Flights flights,
        AnomalyInspection inspection,
        PipelineOptions options,
        Readiness readiness,
        PipelineMetrics metrics,
        TimeProvider time)
    {
        _gate = gate;
        _cache = cache;
        _model = model;
        _flights = flights;
        _inspection = inspection;
        _readiness = readiness;
        _metrics = metrics;
        _time = time;
        _scores = new LabelScores(model.Folder.Labels);
        _maxTextLength = options.MaxTextLength;
    }

    /// <summary>Predicts the sentiment of texts.</summary>
    /// <param name="texts">Any number of texts.</param>
    /// <param name="cancellationToken">Takes those still waiting out of the queue.</param>
    /// <returns>One outcome a text, in order: Predicted, Rejected, Refused or Failed.</returns>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    public Task<PredictionOutcome[]> PredictAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        PredictAsync(texts, TextNames.None, cancellationToken);

    /// <summary>Predicts the sentiment of texts that have names.</summary>
    /// <param name="texts">Any number of texts.</param>
    /// <param name="names">What the caller calls them; odd predictions are kept for review under these.</param>
    /// <param name="cancellationToken">Takes those still waiting out of the queue.</param>
    /// <returns>One outcome a text, in order: Predicted, Rejected, Refused or Failed.</returns>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    public Task<PredictionOutcome[]> PredictAsync(IReadOnlyList<string> texts, TextNames names, CancellationToken cancellationToken) =>
        RunWhenReadyAsync(new(CacheType.Prediction, texts) { Names = names }, cancellationToken).AsTask();

    /// <summary>The sentence vectors of texts: the mean of the model's last layer over the tokens.</summary>
    /// <param name="texts">Any number of texts.</param>
    /// <param name="cancellationToken">Takes those still waiting out of the queue.</param>
    /// <returns>One outcome a text, in order: Featured, Rejected, Refused, Failed, or Unsupported where the model gives no vector.</returns>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    public Task<PredictionOutcome[]> ExtractFeaturesAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        RunWhenReadyAsync(new(CacheType.Feature, texts), cancellationToken).AsTask();

    /// <summary>Predicts one text for a caller who does little with the answer: it goes on at the thread that computed it, which saves waking another.</summary>
    internal async ValueTask<PredictionOutcome> PredictOneAsync(string text, TextNames names, CancellationToken cancellationToken) =>
        (await RunWhenReadyAsync(new(CacheType.Prediction, [text]) { Names = names, AnswerOnWorker = true }, cancellationToken))[0];

    /// <summary>Steps 1, 3 and 4 for texts of the background that no cache knows: waits at the gate for as long as it takes. <see cref="PatientPipeline"/> is the door to it.</summary>
    /// <remarks>The model's threads take in the answers, text by text, which is cheaper than to wake others for each. What follows is the caller's, and not for them to do.</remarks>
    /// <param name="call">Who asks.</param>
    /// <param name="misses">Those of its texts that enter together.</param>
    /// <param name="outcomes">An outcome for each text of the call; those of the misses are filled in: Predicted, Refused or Failed.</param>
    /// <param name="cancellationToken">Takes those still waiting out of the queue.</param>
    internal async Task PredictInTurnAsync(PipelineCall call, List<Miss> misses, PredictionOutcome[] outcomes, CancellationToken cancellationToken)
    {
        if (_readiness.State == ReadinessState.Starting)
        {
            misses.ForEach(miss => outcomes[miss.Index] = StillStarts);
            return;
        }

        using (var admission = await _gate.EnterAsync(WeightOf(misses.Count), cancellationToken))
        {
            Tracing.Waited(PipelineSpan.Gate, admission.Waited, _time);
            await PredictAsync(call, misses, outcomes, cancellationToken);
        }

        await Task.Yield();
    }

    /// <summary>Most texts that a caller of the background brings at once: HTTP callers wait for all of them.</summary>
    internal int BackgroundTexts => Math.Max(1, _gate.Capacity / 4);

    /// <summary>Predicts before the replica is ready, so that the cache holds the answers. Nobody asked, so nothing is inspected.</summary>
    internal Task<PredictionOutcome[]> WarmAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        RunAsync(new(CacheType.Prediction, texts), cancellationToken).AsTask();

    /// <summary>A call counts by those of its texts that memory does not know, but never for more than half the gate: one big batch must not shut everybody else out while it runs.</summary>
    private int WeightOf(int texts) => Math.Clamp(texts, 1, Math.Max(1, _gate.Capacity / 2));

    private ValueTask<PredictionOutcome[]> RunWhenReadyAsync(PipelineCall call, CancellationToken cancellationToken)
    {
        if (Obstacle(call) is not { } obstacle)
        {
            return RunAsync(call, cancellationToken);
        }

        // What is wrong with a text can be said all the same.
        PredictionOutcome[] outcomes =
            [.. call.Texts.Select(text => TextRules.Check(text, _maxTextLength) is { } fault ? new PredictionOutcome.Rejected(fault) : obstacle)];
        _metrics.Finished(outcomes);
        return new(outcomes);
    }

    /// <summary>Why no text of a call can be answered; null when nothing stands in the way.</summary>
    private PredictionOutcome? Obstacle(PipelineCall call) =>
        _readiness.State == ReadinessState.Starting ? StillStarts
        : call.Type == CacheType.Feature && _model.EmbeddingSize is null ? new PredictionOutcome.Unsupported()
        : null;

    private async ValueTask<PredictionOutcome[]> RunAsync(PipelineCall call, CancellationToken cancellationToken)
    {
        using var span = PipelineSpan.Start(call);
        var outcomes = new PredictionOutcome[call.Texts.Count];

        // 1. Admit what memory does not know.
        var unknown = Recall(call, outcomes);
        using var admission = unknown > 0 ? await EnterAsync(call, unknown, cancellationToken) : default;
        Tracing.Waited(PipelineSpan.Gate, admission.Waited, _time);
        if (admission.Refusal is { } refusal)
        {
            Refuse(outcomes, PredictionOutcome.Refused.By(refusal, admission.RetryAfter));
            PipelineSpan.Tell(span, outcomes);
            return outcomes;
        }

        if (unknown > 0)
        {
            // 2. Look up in Redis.
            var misses = await LookUpAsync(call, outcomes, cancellationToken);

            // 3. Predict the misses, and 4. remember them.
            await PredictAsync(call, misses, outcomes, cancellationToken);
        }

        // 5. Inspect, and 6. answer.
        Finish(call, outcomes);
        PipelineSpan.Tell(span, outcomes);
        return outcomes;
    }

    private ValueTask<Admission> EnterAsync(PipelineCall call, int texts, CancellationToken cancellationToken) => call.AnswerOnWorker
        ? _gate.TryEnterBrieflyAsync(WeightOf(texts), cancellationToken)
        : _gate.TryEnterAsync(WeightOf(texts), cancellationToken);

    /// <summary>All of a call or nothing: what memory knows is refused with the rest, and what is wrong with a text is said all the same.</summary>
    private void Refuse(PredictionOutcome[] outcomes, PredictionOutcome.Refused refused)
    {
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = outcomes[i] is PredictionOutcome.Rejected ? outcomes[i] : refused;
        }

        _metrics.Finished(outcomes);
    }

    /// <summary>The part of step 1 that takes no place: fills in the outcomes of texts that are at fault, and of those that memory knows.</summary>
    /// <returns>How many are left.</returns>
    internal int Recall(PipelineCall call, PredictionOutcome?[] outcomes)
    {
        var unknown = 0;
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (TextRules.Check(call.Texts[i], _maxTextLength) is { } fault)
            {
                outcomes[i] = new PredictionOutcome.Rejected(fault);
            }
            else if (_cache.TryGetLocal(call.Type, call.Texts[i], out var answer))
            {
                outcomes[i] = Outcome(call.Type, answer, new AnswerOrigin(AnswerSource.L1, answer.Tokens, answer.Truncated, default, default));
            }
            else
            {
                unknown++;
            }
        }

        return unknown;
    }

    /// <summary>Step 2: tokenizes the texts without an outcome and looks them up in Redis.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="outcomes">An outcome for each text of the call; those that Redis knows are filled in.</param>
    /// <param name="cancellationToken">Ends the wait for Redis.</param>
    /// <returns>The texts to predict.</returns>
    internal async ValueTask<List<Miss>> LookUpAsync(PipelineCall call, PredictionOutcome?[] outcomes, CancellationToken cancellationToken)
    {
        // Most calls have one text; a list begins with room for four.
        var misses = new List<Miss>(capacity: Math.Min(outcomes.Length, 4));
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i] is null)
            {
                var tokens = _model.Tokenize(call.Texts[i]);
                misses.Add(new Miss(i, call.Texts[i], tokens, CacheKey.OfTokens(_model.Fingerprint, tokens.Ids)));
            }
        }

        if (misses.Count == 0 || !_cache.SharedPays(call.Type, misses.Count))
        {
            return misses;
        }

        var answers = await _cache.GetSharedAsync(call.Type, misses.ConvertAll(miss => miss.Text), misses.ConvertAll(miss => miss.Key), cancellationToken);
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] is { } answer)
            {
                outcomes[misses[i].Index] = Outcome(call.Type, answer, new AnswerOrigin(AnswerSource.L2, answer.Tokens, answer.Truncated, default, default));
            }
        }

        misses.RemoveAll(miss => outcomes[miss.Index] is not null);
        return misses;
    }

    /// <summary>Steps 5 and 6.</summary>
    internal void Finish(PipelineCall call, PredictionOutcome[] outcomes)
    {
        if (call.Names is { } names)
        {
            _inspection.Inspect(call.Texts, outcomes, names);
        }

        _metrics.Finished(outcomes);
    }

    private async ValueTask PredictAsync(PipelineCall call, List<Miss> misses, PredictionOutcome[] outcomes, CancellationToken cancellationToken)
    {
        var flights = _flights.Predict(call, misses, cancellationToken);
        for (var i = 0; i < flights.Length; i++)
        {
            outcomes[misses[i].Index] = await AnswerAsync(call.Type, flights[i], cancellationToken);
        }
    }

    private async ValueTask<PredictionOutcome> AnswerAsync(CacheType type, Task<Computed> flight, CancellationToken cancellationToken)
    {
        try
        {
            var computed = await flight;
            return computed.Answer is { } answer
                ? Outcome(type, answer, new AnswerOrigin(AnswerSource.Model, answer.Tokens, answer.Truncated, computed.QueueTime, computed.RunTime) { BrownOut = computed.BrownOut })
                : computed.Refusal!;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new PredictionOutcome.Failed(e);
        }
    }

    private PredictionOutcome Outcome(CacheType type, CachedAnswer answer, AnswerOrigin origin) => type == CacheType.Feature
        ? new PredictionOutcome.Featured(answer.Values, origin)
        : new PredictionOutcome.Predicted(
            _scores.Read(
                answer.Values,
                origin with { UnreadableShare = answer.UnreadableShare, Stage = answer.IsFast ? AnswerStage.Fast : AnswerStage.Full },
                PredictionId.New(_time.GetUtcNow())));
}
