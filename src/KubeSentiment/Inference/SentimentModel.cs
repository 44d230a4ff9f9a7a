using KubeSentiment.Inference.Graphs;
using KubeSentiment.Inference.Tokenization;
using KubeSentiment.Observability;
using Microsoft.ML.OnnxRuntime;

namespace KubeSentiment.Inference;

/// <summary>The loaded model as the pipeline sees it: texts become tokens, tokens become logits, logits become scores.</summary>
internal sealed class SentimentModel : IDisposable
{
    /// <summary>Longer texts would double the warm-up to make one rare text faster, once.</summary>
    private const int WarmUpWords = 128;

    private readonly LoadedModel _model;
    private readonly Cascade _cascade;

    public SentimentModel(LoadedModel model, InferenceOptions options, BatcherMetrics metrics, TimeProvider time, ILogger<Referral> logger)
    {
        _model = model;
        _cascade = new Cascade(model, options, metrics, time, logger);
    }

    public ModelFolder Folder => _model.Folder;

    /// <summary>The model's version.</summary>
    public string Fingerprint => _model.Fingerprint;

    /// <summary>Length of the sentence vector; null where the model gives none.</summary>
    public int? EmbeddingSize => _model.Full.EmbeddingSize;

    /// <summary>When the fast model's answer is enough; null where the full one answers alone.</summary>
    public CascadeRule? Rule => _model.Rule;

    /// <summary>How near the queue is to refusing: the share of its places that are taken, 0..1.</summary>
    public double Pressure => _cascade.Pressure;

    /// <summary>Whether the full model computes no padding; see <see cref="TextPacking"/>.</summary>
    public bool PacksTexts => _model.Full.PacksTexts;

    /// <summary>Whether the full model computes no more positions than its labels depend on; see <see cref="TextPacking"/>.</summary>
    public bool SparesPositions => _model.Full.SparesPositions;

    /// <summary>The graphs that were quantized dynamically; see <see cref="DynamicQuantization"/>.</summary>
    public IEnumerable<string> DependingOnBatchMates => _model.DependingOnBatchMates;

    public TokenizedText Tokenize(string text) => _model.Tokenizer.Tokenize(text);

    /// <summary>The share of the text's words that the model cannot read; see <see cref="VocabularyFit"/>.</summary>
    public float UnreadableShare(TokenizedText tokens) => _model.Tokenizer.Fit.UnreadableShare(tokens.Ids);

    /// <summary>Starts the inference of all texts, or of none when the queue has no room for all.</summary>
    /// <param name="requests">Any number of texts.</param>
    /// <param name="wantsEmbedding">Whether to fetch the sentence vectors, too; only the full model has them.</param>
    /// <param name="pressure">How near the service is to refusing, 0..1: with a floor, the fast model's answer is then kept sooner.</param>
    /// <returns>One answer a text, in order; null when the queue is full.</returns>
    public Task<InferenceOutput>[]? TryInfer(IReadOnlyList<InferenceRequest> requests, bool wantsEmbedding, double pressure = 0) =>
        _cascade.TryInfer(requests, wantsEmbedding, pressure);

    /// <summary>Runs a few texts of several lengths, so that the first caller meets a warm session and a grown arena.</summary>
    /// <exception cref="ModelFolderException">The graph fails on them: it would fail on all others.</exception>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (var words = 2; words <= Math.Min(WarmUpWords, Folder.MaxTokens); words *= 4)
            {
                await _cascade.WarmUpAsync(
                    new(Tokenize(string.Join(' ', Enumerable.Repeat("warm", words))), cancellationToken), withEmbedding: EmbeddingSize is not null);
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw OnnxModel.DoesNotRun(Folder.OnnxPath, e);
        }
    }

    public void Dispose()
    {
        _cascade.Dispose();
        _model.Dispose();
    }
}
