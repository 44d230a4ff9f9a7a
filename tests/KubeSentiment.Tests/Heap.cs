namespace KubeSentiment.Tests;

/// <summary>The managed heap as a measure of what something holds.</summary>
internal static class Heap
{
    private const int MostRounds = 20;
    private const double Still = 0.001;

    /// <summary>Bytes that are alive. Collected until that changes nothing any more: what earlier tests left behind goes in several rounds, and would be counted against the next one.</summary>
    /// <remarks><see cref="GC.GetTotalMemory"/> is content with a change of five percent, which in a suite's heap is as much as a test measures.</remarks>
    public static long Settled()
    {
        var bytes = long.MaxValue;
        for (var round = 0; round < MostRounds; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var now = GC.GetTotalMemory(forceFullCollection: false);
            if (Math.Abs(bytes - now) < now * Still)
            {
                return now;
            }

            bytes = now;
        }

        return bytes;
    }
}
