namespace KubeSentiment.Inference;

/// <summary>The bounds of one batcher, resolved from options, model and machine.</summary>
/// <param name="Stage">Which graph it runs.</param>
/// <param name="Workers">Threads that run the model.</param>
/// <param name="Niceness">How far they step back behind other threads.</param>
/// <param name="TokenBudget">Most tokens in a batch.</param>
/// <param name="Order">Which texts share a batch.</param>
/// <param name="MaxTokens">Longest text of the model.</param>
/// <param name="PadId">What shorter rows are filled with.</param>
internal sealed record BatcherSettings(AnswerStage Stage, int Workers, int Niceness, int TokenBudget, IBatchOrder Order, int MaxTokens, int PadId);
