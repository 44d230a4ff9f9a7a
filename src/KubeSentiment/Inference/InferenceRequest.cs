using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Inference;

/// <summary>One text for the model.</summary>
/// <param name="Tokens">What the model reads.</param>
/// <param name="Abandoned">Takes the text out of the queue.</param>
internal readonly record struct InferenceRequest(TokenizedText Tokens, CancellationToken Abandoned);
