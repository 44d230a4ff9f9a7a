namespace KubeSentiment.Inference;

/// <summary>The places in front of the model: so many texts may wait, for whichever of its graphs.</summary>
/// <remarks>
/// A text takes its place once, before it enters the first queue, and gives it back when it has left the last one. A text that the fast model is not sure of goes on with the place that it has, so it
/// always finds room in the full model's queue, and nothing is refused half way.
/// </remarks>
internal sealed class QueuePlaces(int capacity)
{
    // Interlocked; from 0 to the capacity.
    private int _taken;

    public int Capacity => capacity;

    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes places for all of the texts or, when there are not enough, for none.</summary>
    public bool TryTake(int texts)
    {
        var taken = Volatile.Read(ref _taken);
        while (texts <= capacity - taken)
        {
            var found = Interlocked.CompareExchange(ref _taken, taken + texts, taken);
            if (found == taken)
            {
                return true;
            }

            taken = found;
        }

        return false;
    }

    public void Return(int texts) => Interlocked.Add(ref _taken, -texts);
}
