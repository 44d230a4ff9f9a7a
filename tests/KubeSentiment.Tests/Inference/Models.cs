using System.Diagnostics.Metrics;
using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;
using KubeSentiment.Observability;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSentiment.Tests.Inference;

/// <summary>The models that tests run: the built-in one, and small ones with random weights of other families.</summary>
internal static class Models
{
    public static string BuiltIn => Path.Combine(AppContext.BaseDirectory, "models", "sentiment");

    public static string Tiny(string name) => Path.Combine(AppContext.BaseDirectory, "Assets", "models", name);

    /// <summary>The full model alone, whether or not the folder has a fast one.</summary>
    public static SentimentModel Load(string folder, InferenceOptions? options = null) => LoadCascade(folder, new CascadeOptions { Enabled = false }, options);

    /// <summary>The folder's models, as the service runs them.</summary>
    public static SentimentModel LoadCascade(string folder, CascadeOptions cascade, InferenceOptions? options = null, ILogger<Referral>? logger = null)
    {
        options ??= new InferenceOptions();
        options.OnnxModelPath = folder;
        var model = LoadedModel.LoadAsync(options, cascade).GetAwaiter().GetResult();
        return new SentimentModel(model, options, new BatcherMetrics(Meters()), TimeProvider.System, logger ?? NullLogger<Referral>.Instance);
    }

    /// <summary>Sends texts to the model together.</summary>
    public static Task<InferenceOutput>[]? TryInfer(this SentimentModel model, IReadOnlyList<TokenizedText> texts, bool wantsEmbedding, CancellationToken cancellationToken) =>
        model.TryInfer([.. texts.Select(text => new InferenceRequest(text, cancellationToken))], wantsEmbedding);

    public static IMeterFactory Meters() => new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
}
