using System.Diagnostics;
using KubeSentiment.Bench.Load;

namespace KubeSentiment.Bench.Direct;

/// <summary>One text after the other on one thread.</summary>
/// <param name="full">Answers what the fast model does not.</param>
/// <param name="fast">Asked first; null leaves all to the full model.</param>
internal sealed class DirectSingle(DirectModel full, FastFirst? fast)
{
    /// <summary>Tokenizes and runs every text once.</summary>
    public DirectSingleResult Measure(List<string> texts)
    {
        var (total, tokenization, running) = (Latency.NewHistogram(), Latency.NewHistogram(), Latency.NewHistogram());
        var answeredFast = 0;
        foreach (var text in texts)
        {
            var started = Stopwatch.GetTimestamp();
            var ids = full.Encode(text);
            var encoded = Stopwatch.GetTimestamp();
            if (fast is not null && fast.Admits(ids) && fast.Run([ids])[0])
            {
                answeredFast++;
            }
            else
            {
                full.Run([ids]);
            }

            var done = Stopwatch.GetTimestamp();
            total.RecordTicks(done - started);
            tokenization.RecordTicks(encoded - started);
            running.RecordTicks(done - encoded);
        }

        return new DirectSingleResult(
            texts.Count, Latency.Of(total), Latency.Of(tokenization), Latency.Of(running), fast is null ? null : (double)answeredFast / texts.Count);
    }
}
