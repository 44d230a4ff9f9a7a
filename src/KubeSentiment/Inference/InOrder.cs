namespace KubeSentiment.Inference;

/// <summary>For graphs that leave the padding out (<see cref="Graphs.TextPacking"/>): texts share a run in the order in which they came, whatever their lengths.</summary>
/// <remarks>
/// Only the attention works on padded rows, each position with each. That is little among short texts, and most of a run where a short text stands beside one of hundreds of tokens. So a text joins only while
/// what it adds in that way costs less than its share of a run of its own, which is the smaller the more texts wait to share that run. One that does not join is passed over, and opens a batch when it is the oldest.
/// </remarks>
/// <param name="runOverheadTokens">What a run costs beside its tokens, in tokens.</param>
internal sealed class InOrder(int runOverheadTokens) : IBatchOrder
{
    /// <summary>How many pairs of positions the attention works on in the time of one token (the built-in model, on one core: 0.25 and 42 µs).</summary>
    private const int PairsPerToken = 170;

    /// <summary>Texts of one run, once that many wait.</summary>
    private const int UsualRows = 16;

    private readonly int _overheadPairs = runOverheadTokens * PairsPerToken;

    public bool Fill(TextLanes lanes, int budget, int most, List<PendingInference> batch)
    {
        var mostPadding = _overheadPairs * UsualRows / Math.Max(UsualRows, lanes.Count);
        var (shortest, longest) = (0, lanes.Longest);
        var (tokens, columns) = (0, 0);
        while (batch.Count < most && lanes.Oldest(shortest, longest) is >= 0 and var length && (batch.Count == 0 || tokens + length <= budget))
        {
            batch.Add(lanes.Dequeue(length));
            tokens += length;
            columns = Math.Max(columns, length);

            // A shorter row is padded to the longest; a longer one has all others padded.
            shortest = (int)Math.Ceiling(Math.Sqrt(Math.Max(0, (columns * columns) - mostPadding)));
            longest = Math.Min(lanes.Longest, (int)Math.Sqrt((columns * columns) + (mostPadding / batch.Count)));
        }

        return batch.Count > 0;
    }
}
