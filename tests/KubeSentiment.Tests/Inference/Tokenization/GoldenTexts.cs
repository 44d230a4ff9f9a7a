using System.Text.Json;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference.Tokenization;

/// <summary>Texts with the ids that Hugging Face gives them, and the model folders they belong to.</summary>
internal static class GoldenTexts
{
    public const string BuiltIn = "sentiment";
    public const string CasedDistilBert = "tiny-distilbert-cased";
    public const string Roberta = "tiny-roberta";
    public const string XlmRoberta = "tiny-xlm-roberta";

    private static string Assets => Path.Combine(AppContext.BaseDirectory, "Assets", "models");

    public static string FolderOf(string model) =>
        model == BuiltIn ? Path.Combine(AppContext.BaseDirectory, "models", BuiltIn) : Path.Combine(Assets, model);

    /// <summary>Loads with the model type and the limit that the folder's own files tell.</summary>
    public static ITokenizer Load(string folder, int? maxTokens = null)
    {
        folder = Path.IsPathRooted(folder) ? folder : FolderOf(folder);
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json")));
        var type = config.RootElement.GetProperty("model_type").GetString()!;
        var positions = config.RootElement.GetProperty("max_position_embeddings").GetInt32();

        // The RoBERTa families lose two positions to the padding offset.
        return TokenizerLoader.Load(folder, type, maxTokens ?? (type.EndsWith("roberta", StringComparison.Ordinal) ? positions - 2 : positions));
    }

    public static IEnumerable<GoldenText> Read(string model)
    {
        var file = model == BuiltIn ? Path.Combine(Assets, "sentiment.golden.jsonl") : Path.Combine(FolderOf(model), "golden.jsonl");
        foreach (var line in File.ReadLines(file))
        {
            using var json = JsonDocument.Parse(line);
            yield return new GoldenText(
                json.RootElement.GetProperty("text").GetString()!,
                [.. json.RootElement.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32())],
                json.RootElement.GetProperty("truncated").GetBoolean());
        }
    }
}

/// <summary>One line of a golden file.</summary>
internal sealed record GoldenText(string Text, int[] Ids, bool Truncated);
