using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Inference;

/// <summary>One text for the model.</summary>
/// <param name="Tokens">What the model reads.</param>
/// <param name="Abandoned">Takes the text out of the queue.</param>
/// <param name="AnswerOnWorker">Whether what the caller does with the answer is so short that the worker may do it before its next batch.</param>
/// <param name="IsBackground">Whether nobody waits for the answer at this moment: texts of others go first.</param>
internal readonly record struct InferenceRequest(TokenizedText Tokens, CancellationToken Abandoned, bool AnswerOnWorker = false, bool IsBackground = false);
