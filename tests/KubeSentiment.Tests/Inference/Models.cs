using System.Diagnostics.Metrics;
using KubeSentiment.Inference;
using KubeSentiment.Observability;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Inference;

/// <summary>The models that tests run: the built-in one, and small ones with random weights of other families.</summary>
internal static class Models
{
    public static string BuiltIn => Path.Combine(AppContext.BaseDirectory, "models", "sentiment");

    public static string Tiny(string name) => Path.Combine(AppContext.BaseDirectory, "Assets", "models", name);

    public static SentimentModel Load(string folder, InferenceOptions? options = null) =>
        Load(options ?? new InferenceOptions(), folder);

    private static SentimentModel Load(InferenceOptions options, string folder)
    {
        options.OnnxModelPath = folder;
        return new SentimentModel(LoadedModel.LoadAsync(options).GetAwaiter().GetResult(), options, new BatcherMetrics(Meters()), TimeProvider.System);
    }

    public static IMeterFactory Meters() => new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
}
