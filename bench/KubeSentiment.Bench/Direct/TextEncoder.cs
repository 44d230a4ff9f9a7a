using Microsoft.ML.Tokenizers;

namespace KubeSentiment.Bench.Direct;

/// <summary>Turns a text into token ids, cut to the model's limit.</summary>
internal sealed class TextEncoder(DirectoryInfo model, int maxTokens)
{
    private readonly BertTokenizer _tokenizer = BertTokenizer.Create(Path.Combine(model.FullName, "vocab.txt"));

    public int[] Encode(string text) => [.. _tokenizer.EncodeToIds(text, maxTokens, out _, out _)];
}
