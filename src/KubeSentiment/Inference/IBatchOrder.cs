namespace KubeSentiment.Inference;

/// <summary>Which of the texts that wait make up a run.</summary>
internal interface IBatchOrder
{
    /// <summary>Fills a batch. The oldest text of all opens it: nothing can starve.</summary>
    /// <param name="lanes">What waits.</param>
    /// <param name="budget">Most tokens; one text alone may exceed it.</param>
    /// <param name="most">Most texts.</param>
    /// <param name="batch">An empty batch.</param>
    /// <returns>False when nobody waits.</returns>
    public bool Fill(TextLanes lanes, int budget, int most, List<PendingInference> batch);
}
