using KubeSentiment.Caching;
using KubeSentiment.Inference;
using KubeSentiment.Load;
using KubeSentiment.Observability;
using KubeSentiment.Resilience;

namespace KubeSentiment.Pipeline;

/// <summary>The main path: what happens to a text between a door and its answer.</summary>
/// <remarks>
/// <list type="number">
/// <item><b>Admit.</b> A full gate refuses early; empty and over-long texts go no further.</item>
/// <item><b>Look up</b> in memory by text; the rest are tokenized and looked up in Redis by their tokens, all in one round trip.</item>
/// <item><b>Predict the misses.</b> A text that is being computed is waited for, not computed again; all others of the call enter the batcher together, or none
/// does.</item>
/// <item><b>Remember</b>: in memory now, in Redis by a write in the background.</item>
/// <item><b>Answer</b>, text by text: what fails one leaves the others alone.</item>
/// </list>
/// </remarks>
public sealed class SentimentPipeline
{
    /// <summary>The queue drains in fractions of a second; whoever comes again after one finds room.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly AdmissionController _gate;
    private readonly CircuitBreaker _modelBreaker;
    private readonly SentimentCache _cache;
    private readonly SentimentModel _model;
    private readonly Readiness _readiness;
    private readonly PipelineMetrics _metrics;
    private readonly SingleFlight<(CacheType, CacheKey), Computed> _flights = new();
    private readonly LabelScores _scores;
    private readonly int _maxTextLength;

    internal SentimentPipeline(
        AdmissionController gate,
        CircuitBreaker modelBreaker,
        SentimentCache cache,
        SentimentModel model,
        PipelineOptions options,
        Readiness readiness,
        PipelineMetrics metrics)
    {
        _gate = gate;
        _modelBreaker = modelBreaker;
        _cache = cache;
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
        _readiness.State == ReadinessState.Starting ? NotReady(texts) : RunAsync(CacheType.Prediction, texts, cancellationToken);

    /// <summary>The sentence vectors of texts: the mean of the model's last layer over the tokens.</summary>
    /// <param name="texts">Any number of texts.</param>
    /// <param name="cancellationToken">Takes those still waiting out of the queue.</param>
    /// <returns>One outcome a text, in order: Featured, Rejected, Refused, Failed, or Unsupported where the model gives no vector.</returns>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    public Task<PredictionOutcome[]> ExtractFeaturesAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) => this switch
    {
        { _readiness.State: ReadinessState.Starting } => NotReady(texts),
        { _model.EmbeddingSize: null } => Task.FromResult(texts.Select(PredictionOutcome (_) => new PredictionOutcome.Unsupported()).ToArray()),
        _ => RunAsync(CacheType.Feature, texts, cancellationToken),
    };

    /// <summary>Predicts texts of the background: waits at the gate for as long as it takes. <see cref="PatientPipeline"/> is the door to it.</summary>
    internal Task<PredictionOutcome[]> PredictInTurnAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        _readiness.State == ReadinessState.Starting ? NotReady(texts) : RunAsync(CacheType.Prediction, texts, cancellationToken, AdmissionDoor.Background);

    /// <summary>Most texts that a caller of the background brings at once: HTTP callers wait for all of them.</summary>
    internal int BackgroundTexts => Math.Max(1, _gate.Capacity / 4);

    /// <summary>Predicts before the replica is ready, so that the cache holds the answers.</summary>
    internal Task<PredictionOutcome[]> WarmAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        RunAsync(CacheType.Prediction, texts, cancellationToken);

    /// <summary>A call counts by its texts, but never for more than half the gate: one big batch must not shut everybody else out while it runs.</summary>
    private int WeightOf(IReadOnlyList<string> texts) => Math.Clamp(texts.Count, 1, Math.Max(1, _gate.Capacity / 2));

    /// <summary>Nothing runs before the model is warm; what is wrong with a text can be said all the same.</summary>
    private Task<PredictionOutcome[]> NotReady(IReadOnlyList<string> texts) =>
        Task.FromResult(Refuse(texts, new PredictionOutcome.Refused(RefusalReason.ModelNotReady, RetryAfter)));

    private PredictionOutcome[] Refuse(IReadOnlyList<string> texts, PredictionOutcome.Refused refusal) => [.. texts.Select(PredictionOutcome (text) =>
        TextRules.Check(text, _maxTextLength) is { } fault ? new PredictionOutcome.Rejected(fault) : refusal)];

    private async Task<PredictionOutcome[]> RunAsync(
        CacheType type, IReadOnlyList<string> texts, CancellationToken cancellationToken, AdmissionDoor door = AdmissionDoor.Interactive)
    {
        using var activity = Tracing.Source.StartActivity("predict");
        activity?.SetTag("sentiment.texts", texts.Count);
        var outcomes = new PredictionOutcome[texts.Count];

        // 1. Admit.
        using var admission = door == AdmissionDoor.Interactive
            ? await _gate.TryEnterAsync(WeightOf(texts), cancellationToken)
            : await _gate.EnterAsync(WeightOf(texts), cancellationToken);
        if (admission.Refusal is { } refusal)
        {
            var reason = refusal == AdmissionRefusal.QueueFull ? RefusalReason.QueueFull : RefusalReason.Overloaded;
            outcomes = Refuse(texts, new PredictionOutcome.Refused(reason, admission.RetryAfter));
            _metrics.Finished(outcomes);
            return outcomes;
        }

        // 2. Look up: in memory, then in Redis.
        var misses = LookUpLocal(type, texts, outcomes);
        misses = await LookUpSharedAsync(type, misses, outcomes, cancellationToken);

        // 3. Predict the misses, and 4. remember them.
        var seats = Predict(type, misses, cancellationToken);

        // 5. Answer, text by text.
        for (var i = 0; i < seats.Length; i++)
        {
            outcomes[misses[i].Index] = await AnswerAsync(type, seats[i].Answer, cancellationToken);
        }

        _metrics.Finished(outcomes);
        return outcomes;
    }

    /// <summary>Fills in the outcomes of texts that go no further.</summary>
    /// <returns>The others, with their tokens.</returns>
    private List<Miss> LookUpLocal(CacheType type, IReadOnlyList<string> texts, PredictionOutcome[] outcomes)
    {
        List<Miss> misses = [];
        for (var i = 0; i < texts.Count; i++)
        {
            if (TextRules.Check(texts[i], _maxTextLength) is { } fault)
            {
                outcomes[i] = new PredictionOutcome.Rejected(fault);
            }
            else if (_cache.TryGetLocal(type, texts[i], out var answer))
            {
                outcomes[i] = Outcome(type, answer, new AnswerOrigin(AnswerSource.L1, answer.Tokens, answer.Truncated, default, default));
            }
            else
            {
                var tokens = _model.Tokenize(texts[i]);
                misses.Add(new Miss(i, texts[i], tokens, CacheKey.OfTokens(_model.Fingerprint, tokens.Ids)));
            }
        }

        return misses;
    }

    private async ValueTask<List<Miss>> LookUpSharedAsync(
        CacheType type, List<Miss> misses, PredictionOutcome[] outcomes, CancellationToken cancellationToken)
    {
        if (misses.Count == 0 || !_cache.IsShared)
        {
            return misses;
        }

        var answers = await _cache.GetSharedAsync(type, misses.ConvertAll(miss => miss.Text), misses.ConvertAll(miss => miss.Key), cancellationToken);
        List<Miss> computed = [];
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] is { } answer)
            {
                outcomes[misses[i].Index] = Outcome(type, answer, new AnswerOrigin(AnswerSource.L2, answer.Tokens, answer.Truncated, default, default));
            }
            else
            {
                computed.Add(misses[i]);
            }
        }

        return computed;
    }

    /// <summary>Takes a seat in the flight of each text, and starts those that nobody has started yet.</summary>
    private SingleFlight<(CacheType, CacheKey), Computed>.Seat[] Predict(CacheType type, List<Miss> misses, CancellationToken cancellationToken)
    {
        var seats = new SingleFlight<(CacheType, CacheKey), Computed>.Seat[misses.Count];
        List<int> led = [];
        for (var i = 0; i < seats.Length; i++)
        {
            seats[i] = _flights.Join((type, misses[i].Key), cancellationToken);
            if (!seats[i].Leads)
            {
                continue;
            }

            // The flight before this one may have landed after this call looked.
            if (_cache.TryPeekLocal(type, misses[i].Text, out var answer))
            {
                seats[i].Complete(new Computed(answer, TimeSpan.Zero, TimeSpan.Zero));
            }
            else
            {
                led.Add(i);
            }
        }

        if (led.Count == 0)
        {
            return seats;
        }

        if (!_modelBreaker.TryEnter(out var call))
        {
            var broken = Computed.Refused(RefusalReason.ModelBroken, _modelBreaker.RetryAfter);
            led.ForEach(i => seats[i].Complete(broken));
            return seats;
        }

        var answers = _model.TryInfer(led.ConvertAll(i => new InferenceRequest(misses[i].Tokens, seats[i].Abandoned)), wantsEmbedding: type == CacheType.Feature);
        if (answers is null)
        {
            call.Abandoned();
            var full = Computed.Refused(RefusalReason.QueueFull, RetryAfter);
            led.ForEach(i => seats[i].Complete(full));
            return seats;
        }

        for (var i = 0; i < led.Count; i++)
        {
            seats[led[i]].Follow(RememberAsync(type, misses[led[i]], answers[i]));
        }

        _ = ReportAsync(call, answers);
        return seats;
    }

    /// <summary>Tells the breaker how the model did: one text that it answered shows that it works, whatever became of the others.</summary>
    private static async Task ReportAsync(CircuitCall call, Task<InferenceOutput>[] answers)
    {
        await ((Task)Task.WhenAll(answers)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Array.Exists(answers, answer => answer.IsCompletedSuccessfully))
        {
            call.Succeeded();
        }
        else if (Array.Exists(answers, answer => answer.IsFaulted))
        {
            call.Failed();
        }
        else
        {
            call.Abandoned();
        }
    }

    /// <summary>Remembers before the flight ends, so that whoever comes after it finds the answer.</summary>
    private async Task<Computed> RememberAsync(CacheType type, Miss miss, Task<InferenceOutput> inference)
    {
        var output = await inference;
        var answer = new CachedAnswer(type == CacheType.Feature ? output.Embedding! : output.Logits, miss.Tokens.Ids.Length, miss.Tokens.Truncated);
        _cache.Remember(type, miss.Text, miss.Key, answer);
        return new Computed(answer, output.QueueTime, output.RunTime);
    }

    private async ValueTask<PredictionOutcome> AnswerAsync(CacheType type, Task<Computed> flight, CancellationToken cancellationToken)
    {
        try
        {
            return await flight is { Answer: { } answer } computed
                ? Outcome(type, answer, new AnswerOrigin(AnswerSource.Model, answer.Tokens, answer.Truncated, computed.QueueTime, computed.RunTime))
                : (await flight).Refusal!;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new PredictionOutcome.Failed(e);
        }
    }

    private PredictionOutcome Outcome(CacheType type, CachedAnswer answer, AnswerOrigin origin) => type == CacheType.Feature
        ? new PredictionOutcome.Featured(answer.Values, origin)
        : new PredictionOutcome.Predicted(_scores.Read(answer.Values, origin));
}
