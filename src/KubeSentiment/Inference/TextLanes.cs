namespace KubeSentiment.Inference;

/// <summary>Texts that wait, in one first-in-first-out lane for each length in tokens. Guarded by the lock of the <see cref="PendingQueue"/> that has them.</summary>
/// <param name="maxTokens">Longest text.</param>
/// <param name="places">Of those who went away the place is given back here; of the others by whoever takes them.</param>
internal sealed class TextLanes(int maxTokens, QueuePlaces places)
{
    public const int None = -1;

    private readonly Queue<PendingInference>[] _lanes = NewLanes(maxTokens);
    private int _count;

    /// <summary>Texts waiting, those of callers who went away included until they are passed. May be read without the lock.</summary>
    public int Count => Volatile.Read(ref _count);

    public int Longest => _lanes.Length - 1;

    /// <summary>How many of a length wait, those of callers who went away included.</summary>
    public int CountOf(int length) => _lanes[length].Count;

    public void Enqueue(PendingInference text)
    {
        _lanes[text.Length].Enqueue(text);
        _count++;
    }

    /// <summary>The length whose first text came first, or <see cref="None"/>.</summary>
    /// <param name="shortest">Lengths to look at.</param>
    /// <param name="longest">The last of them.</param>
    public int Oldest(int shortest, int longest)
    {
        var oldest = None;
        var sequence = long.MaxValue;
        for (var length = shortest; length <= longest; length++)
        {
            if (First(length) is { } first && first.Sequence < sequence)
            {
                (oldest, sequence) = (length, first.Sequence);
            }
        }

        return oldest;
    }

    /// <summary>The length whose first text came first of all, or <see cref="None"/>.</summary>
    public int Oldest() => Oldest(0, Longest);

    /// <summary>The first text of a length whose caller is still there; those in front of it are dropped on the way.</summary>
    public PendingInference? First(int length)
    {
        var lane = _lanes[length];
        while (lane.TryPeek(out var first))
        {
            if (!first.IsDone)
            {
                return first;
            }

            Dequeue(length);
            places.Return(1);
        }

        return null;
    }

    public PendingInference Dequeue(int length)
    {
        _count--;
        return _lanes[length].Dequeue();
    }

    private static Queue<PendingInference>[] NewLanes(int maxTokens)
    {
        var lanes = new Queue<PendingInference>[maxTokens + 1];
        for (var length = 0; length < lanes.Length; length++)
        {
            lanes[length] = new Queue<PendingInference>(capacity: 0);
        }

        return lanes;
    }
}
