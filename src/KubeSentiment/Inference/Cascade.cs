using KubeSentiment.Observability;

namespace KubeSentiment.Inference;

/// <summary>Two speeds: the fast model answers the texts that it is sure of, the full model the rest. Without a fast model the full one answers all.</summary>
/// <remarks>
/// <list type="number">
/// <item>Texts come tokenized: both models read the same ids.</item>
/// <item>All texts of a call get a place in the queues, or none does. The place is good for both queues, so nothing is refused half way.</item>
/// <item>The fast model reads them in batches of its own. An answer whose top score reaches the threshold is kept.</item>
/// <item>The others go on to the full model's queue, those of one batch together. So does a text on which the fast model failed.</item>
/// <item>Sentence vectors, and texts over the token limit, go to the full model at once.</item>
/// </list>
/// <para>
/// Each model has workers of its own. With one set for both, a text would wait for the fast model behind a run of the full one, up to some 30 ms, and no priority could help it: a run cannot be broken
/// off. So the scheduler shares the cores: fast workers are half as nice as full ones, go before them when they wake, and are done before their turn is over. Only when the full
/// model falls behind do fast workers hold off; see <see cref="PendingQueue"/>.
/// </para>
/// </remarks>
internal sealed class Cascade : IDisposable
{
    /// <summary>What a run of the built-in model costs beside its tokens, in tokens (bench/results: runs of 1 and of 32 rows of 16 tokens compared).</summary>
    private const int FullRunOverheadTokens = 6;

    /// <summary>The same of its fast model.</summary>
    private const int FastRunOverheadTokens = 8;

    /// <summary>As if a run cost so little that any padding were dearer: only texts of the same length share one.</summary>
    private const int NoPadding = 1;

    private readonly CascadeRule? _rule;
    private readonly QueuePlaces _places;
    private readonly DynamicBatcher _full;
    private readonly DynamicBatcher? _fast;

    public Cascade(LoadedModel model, InferenceOptions options, BatcherMetrics metrics, TimeProvider time, ILogger<Referral> logger)
    {
        _rule = model.Rule;
        _places = new QueuePlaces(options.QueueSize);
        // ProcessorCount is the cgroup quota in whole cores, at least 1.
        var workers = options.Workers == 0 ? Environment.ProcessorCount : options.Workers;
        _full = new DynamicBatcher(
            model.Full, Settings(AnswerStage.Full, model.Full, options.Niceness, FullRunOverheadTokens), _places, referral: null, metrics.Of(AnswerStage.Full.Word()), time);
        if (_rule is not null && model.Fast is not null)
        {
            _fast = new DynamicBatcher(
                model.Fast,
                Settings(AnswerStage.Fast, model.Fast, options.Niceness / 2, FastRunOverheadTokens),
                _places,
                new Referral(_rule, _full, time, logger),
                metrics.Of(AnswerStage.Fast.Word()),
                time);
        }

        metrics.ObserveQueues(Waiting(), _places.Capacity);

        BatcherSettings Settings(AnswerStage stage, OnnxModel graph, int niceness, int runOverheadTokens) => new(
            stage,
            workers,
            niceness,
            graph.DependsOnBatchMates && options.Alone ? 1 : options.BatchTokens,
            Order(graph, runOverheadTokens),
            model.Folder.MaxTokens,
            model.Tokenizer.PadId);

        IBatchOrder Order(OnnxModel graph, int runOverheadTokens) => (options.Alone, graph.PacksTexts) switch
        {
            (true, _) => new LikeLengths(NoPadding),
            (false, true) => new InOrder(runOverheadTokens),
            (false, false) => new LikeLengths(runOverheadTokens),
        };
    }

    /// <summary>Share of the places that are taken, 0..1.</summary>
    public double Pressure => (double)_places.Taken / _places.Capacity;

    /// <summary>Starts the inference of all texts, or of none when there are not enough places.</summary>
    /// <param name="requests">Any number of texts.</param>
    /// <param name="wantsEmbedding">Whether to fetch the sentence vectors, too.</param>
    /// <param name="pressure">How near the service is to refusing, 0..1; see <see cref="CascadeRule.ThresholdAt"/>.</param>
    /// <returns>One answer a text, in order; null when the queue is full.</returns>
    public Task<InferenceOutput>[]? TryInfer(IReadOnlyList<InferenceRequest> requests, bool wantsEmbedding, double pressure)
    {
        if (!_places.TryTake(requests.Count))
        {
            return null;
        }

        var threshold = _rule?.ThresholdAt(pressure) ?? 0;
        var pending = new PendingInference[requests.Count];
        for (var i = 0; i < pending.Length; i++)
        {
            pending[i] = new PendingInference(requests[i], wantsEmbedding, threshold);
        }

        var answers = Array.ConvertAll(pending, text => text.Answer);
        if (_fast is null || wantsEmbedding)
        {
            _full.Enqueue(pending);
        }
        else if (Array.TrueForAll(pending, text => _rule!.Admits(text.Length)))
        {
            _fast.Enqueue(pending);
        }
        else
        {
            _fast.Enqueue(Array.FindAll(pending, text => _rule!.Admits(text.Length)));
            _full.Enqueue(Array.FindAll(pending, text => !_rule!.Admits(text.Length)));
        }

        return answers;
    }

    /// <summary>Runs a text through each model in turn.</summary>
    /// <returns>Ends when both have answered.</returns>
    public async Task WarmUpAsync(InferenceRequest request, bool withEmbedding)
    {
        foreach (var batcher in new[] { _fast, _full }.OfType<DynamicBatcher>())
        {
            if (!_places.TryTake(1))
            {
                throw new InvalidOperationException("The queue is full before the service is ready.");
            }

            var text = new PendingInference(request, withEmbedding && batcher == _full, _rule?.Threshold ?? 0);
            batcher.Enqueue([text]);
            await text.Answer;
        }
    }

    /// <summary>Finishes what waits: first the fast model's, because some of that goes on to the full one's queue.</summary>
    public void Dispose()
    {
        _fast?.Dispose();
        _full.Dispose();
    }

    private List<(string Stage, Func<int> Texts)> Waiting() =>
        _fast is null ? [(StageNames.Full, () => _full.Queue.Count)] : [(StageNames.Fast, () => _fast.Queue.Count), (StageNames.Full, () => _full.Queue.Count)];
}
