using System.Text;

namespace KubeSentiment.Tests.Api;

/// <summary>A copy of a tiny model with one word more than its graph has rows for: the run breaks on every text with that word.</summary>
internal sealed class BreakableModel : IDisposable
{
    public const string Word = "zzbreaks";

    public BreakableModel()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Assets", "models", "tiny-distilbert-cased");
        Folder = Directory.CreateTempSubdirectory("breakable-").FullName;
        foreach (var file in (string[])["config.json", "model.onnx", "tokenizer_config.json"])
        {
            File.Copy(Path.Combine(source, file), Path.Combine(Folder, file));
        }

        // Without tokenizer.json the vocabulary alone decides, and config.json is told of its new size.
        var words = File.ReadAllText(Path.Combine(source, "vocab.txt")).TrimEnd('\n').Split('\n');
        File.WriteAllText(Path.Combine(Folder, "vocab.txt"), string.Join('\n', [.. words, Word]) + "\n", new UTF8Encoding(false));
        var config = File.ReadAllText(Path.Combine(source, "config.json"));
        File.WriteAllText(Path.Combine(Folder, "config.json"), config.Replace($"\"vocab_size\": {words.Length}", $"\"vocab_size\": {words.Length + 1}"));
    }

    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
