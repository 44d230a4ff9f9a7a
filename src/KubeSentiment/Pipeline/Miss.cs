using KubeSentiment.Caching;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Pipeline;

/// <summary>A text that memory does not know.</summary>
/// <param name="Index">Its place in the call.</param>
/// <param name="Text">The text.</param>
/// <param name="Tokens">What the model reads.</param>
/// <param name="Key">What the fleet calls its answer.</param>
internal readonly record struct Miss(int Index, string Text, TokenizedText Tokens, CacheKey Key);
