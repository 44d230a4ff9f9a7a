using System.Diagnostics;

namespace KubeSentiment.Bench.Direct;

/// <summary>All texts through the model as fast as a number of threads can call it.</summary>
/// <param name="full">Answers what the fast model does not.</param>
/// <param name="texts">What is run.</param>
/// <param name="threads">Runs at the same time.</param>
/// <param name="fast">Asked first; null leaves all to the full model.</param>
internal sealed class DirectThroughput(DirectModel full, List<string> texts, int threads, FastFirst? fast = null)
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
                _ids[i] = full.Encode(texts[i]);
            }
        });

        // 2. Like lengths together. Longest first, so that the last batches are short ones and no thread is left with a long one.
        if (sorted)
        {
            Array.Sort(_ids, (a, b) => b.Length.CompareTo(a.Length));
        }

        // 3. Every batch through the fast model, where there is one. What it leaves stays in order and is cut anew.
        var (tried, left) = fast is null ? ([], _ids) : FastRuns(fast, batchSize);

        // 4. Every batch of what is left through the full model.
        OnThreads(Batches(left, batchSize), batch => full.Run(Batch(left, batchSize, batch)));

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        own.Refresh();
        var used = (own.TotalProcessorTime - cpu).TotalSeconds;
        return new DirectRate(
            batchSize, sorted, seconds, texts.Count / seconds, used * 1e6 / texts.Count, PaddingShare(batchSize, tried, left),
            fast is null ? null : 1 - ((double)left.Length / texts.Count));
    }

    public int Tokens() => texts.Sum(text => full.Encode(text).Length);

    /// <summary>Asks the fast model. What it leaves are the texts that it is not sure of or may not read.</summary>
    private (int[][] Tried, int[][] Left) FastRuns(FastFirst first, int batchSize)
    {
        var places = Enumerable.Range(0, _ids.Length).Where(i => first.Admits(_ids[i])).ToArray();
        var tried = Array.ConvertAll(places, i => _ids[i]);
        // Each element is written by the one thread that runs its batch.
        var answered = new bool[_ids.Length];
        OnThreads(Batches(tried, batchSize), batch =>
        {
            var kept = first.Run(Batch(tried, batchSize, batch));
            for (var row = 0; row < kept.Length; row++)
            {
                answered[places[(batch * batchSize) + row]] = kept[row];
            }
        });
        return (tried, [.. _ids.Where((_, i) => !answered[i])]);
    }

    private static double PaddingShare(int batchSize, params int[][][] runs)
    {
        var tokens = runs.Sum(all => all.Sum(ids => (double)ids.Length));
        var computed = runs.Sum(all => all.Chunk(batchSize).Sum(batch => (double)batch.Max(ids => ids.Length) * batch.Length));
        return 1 - (tokens / computed);
    }

    private static int Batches(int[][] ids, int size) => (ids.Length + size - 1) / size;

    private static Span<int[]> Batch(int[][] ids, int size, int number) => ids.AsSpan(number * size, Math.Min(size, ids.Length - (number * size)));

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
