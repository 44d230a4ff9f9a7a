namespace KubeSentiment.Jobs;

/// <summary>Bounds what this replica holds of bodies that are still being read: many callers at once must not use up its memory.</summary>
internal sealed class UploadBudget(long mostBytes)
{
    // Interlocked.
    private long _bytes;

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= mostBytes)
        {
            return true;
        }

        Give(bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
