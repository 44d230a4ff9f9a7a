using System.Diagnostics;

namespace KubeSentiment.Bench.Direct;

/// <summary>All texts through the model as fast as a number of threads can call it.</summary>
internal sealed class DirectThroughput(DirectModel model, List<string> texts, int threads)
{
    private readonly int[][] _ids = new int[texts.Count][];

    /// <summary>Tokenizes and runs every text once.</summary>
    public DirectRate Measure(int batchSize, bool sorted)
    {
        var own = Process.GetCurrentProcess();
        var cpu = own.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();

        // 1. Every text to tokens, shared out in small runs so that the threads end together.
        const int Run = 32;
        OnThreads((texts.Count + Run - 1) / Run, run =>
        {
            for (var i = run * Run; i < Math.Min((run + 1) * Run, texts.Count); i++)
            {
                _ids[i] = model.Encode(texts[i]);
            }
        });

        // 2. Like lengths together. Longest first, so that the last batches are short ones and no thread is left with a long one.
        if (sorted)
        {
            Array.Sort(_ids, (a, b) => b.Length.CompareTo(a.Length));
        }

        // 3. Every batch through the model.
        OnThreads((texts.Count + batchSize - 1) / batchSize, batch =>
        {
            var first = batch * batchSize;
            model.Run(_ids.AsSpan(first, Math.Min(batchSize, texts.Count - first)));
        });

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        own.Refresh();
        var used = (own.TotalProcessorTime - cpu).TotalSeconds;
        var tokens = _ids.Sum(ids => (double)ids.Length);
        var computed = _ids.Chunk(batchSize).Sum(batch => (double)batch.Max(ids => ids.Length) * batch.Length);
        return new DirectRate(batchSize, sorted, seconds, texts.Count / seconds, used * 1e6 / texts.Count, 1 - (tokens / computed));
    }

    public int Tokens() => texts.Sum(text => model.Encode(text).Length);

    private void OnThreads(int count, Action<int> work)
    {
        var next = -1;
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            while (Interlocked.Increment(ref next) is var i && i < count)
            {
                work(i);
            }
        })).ToArray();
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
    }
}
