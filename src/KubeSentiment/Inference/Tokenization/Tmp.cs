using Microsoft.ML.Tokenizers;
namespace KubeSentiment.Inference.Tokenization;
/// <summary>x</summary>
internal interface ITokenizer { TokenizedText Tokenize(string text); int PadId { get; } }
/// <summary>x</summary>
internal readonly record struct TokenizedText(int[] Ids, bool Truncated);
/// <summary>x</summary>
internal static class TokenizerLoader { public static ITokenizer Load(string folder, string modelType, int maxTokens) => new T(folder, maxTokens); 
  private sealed class T(string folder, int max) : ITokenizer { private readonly BertTokenizer _t = BertTokenizer.Create(Path.Combine(folder, "vocab.txt")); public int PadId => 0;
    public TokenizedText Tokenize(string text) { var ids = _t.EncodeToIds(text, max, out _, out _); return new([.. ids], false); } } }
