namespace KubeSentiment.Inference;

/// <summary>For graphs that compute the padding, too: texts of like lengths share a run.</summary>
/// <remarks>
/// <list type="number">
/// <item>The oldest text's lane comes first, then the nearest lanes on both sides, up to the token budget (rows x longest row: padding is paid for like text).</item>
/// <item>A lane joins only while the padding it causes costs less than a run of its own would: beyond that, two runs are faster than one.</item>
/// </list>
/// </remarks>
/// <param name="runOverheadTokens">What a run costs beside its tokens, in tokens.</param>
internal sealed class LikeLengths(int runOverheadTokens) : IBatchOrder
{
    public bool Fill(TextLanes lanes, int budget, int most, List<PendingInference> batch)
    {
        var anchor = lanes.Oldest();
        if (anchor == TextLanes.None)
        {
            return false;
        }

        TakeLane(lanes, anchor, anchor, budget, most, batch);
        var longest = anchor;
        for (var distance = 1; distance < runOverheadTokens; distance++)
        {
            var shorter = anchor - distance;
            if (shorter >= 0 && lanes.CountOf(shorter) * (longest - shorter) < runOverheadTokens)
            {
                TakeLane(lanes, shorter, longest, budget, most, batch);
            }

            var longer = anchor + distance;
            if (longer <= lanes.Longest && lanes.CountOf(longer) > 0
                && batch.Count * (longer - longest) < runOverheadTokens
                && (batch.Count + 1) * longer <= budget && batch.Count < most)
            {
                longest = longer;
                TakeLane(lanes, longer, longest, budget, most, batch);
            }
        }

        return true;
    }

    private static void TakeLane(TextLanes lanes, int length, int longest, int budget, int most, List<PendingInference> batch)
    {
        while (batch.Count < most && (batch.Count == 0 || (batch.Count + 1) * longest <= budget) && lanes.First(length) is not null)
        {
            batch.Add(lanes.Dequeue(length));
        }
    }
}
