using KubeSentiment.Bench.Load;

namespace KubeSentiment.Bench.Direct;

/// <summary>Throughput of direct calls, one entry a way of cutting batches.</summary>
internal sealed record DirectResult(int Texts, int Tokens, int Threads, DirectRate Best, List<DirectRate> Rates);

/// <summary>One way of cutting batches.</summary>
/// <param name="BatchSize">Texts a batch.</param>
/// <param name="Sorted">By number of tokens, longest first, else in file order.</param>
/// <param name="TextsPerSecond">Tokenization included.</param>
/// <param name="CpuMicrosecondsPerText">User and kernel time of the process.</param>
/// <param name="PaddingShare">Share of the tokens computed, by both models, that were padding.</param>
/// <param name="FastShare">Share of the texts that the fast model answered; null where the full model is alone.</param>
internal sealed record DirectRate(
    int BatchSize, bool Sorted, double Seconds, double TextsPerSecond, double CpuMicrosecondsPerText, double PaddingShare, double? FastShare = null);

/// <summary>Latency of one text at a time on one thread.</summary>
/// <param name="Texts">How many.</param>
/// <param name="Total">From the text to its answer.</param>
/// <param name="Tokenization">Of that, the tokenizer.</param>
/// <param name="Run">Of that, all runs of the text.</param>
/// <param name="FastShare">Share of the texts that the fast model answered; null where the full model is alone.</param>
internal sealed record DirectSingleResult(int Texts, Latency Total, Latency Tokenization, Latency Run, double? FastShare = null);
