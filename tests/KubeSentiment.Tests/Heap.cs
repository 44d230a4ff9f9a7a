using System.Runtime.CompilerServices;

namespace KubeSentiment.Tests;

/// <summary>The managed heap as a measure of what something holds.</summary>
internal static class Heap
{
    private const int MostRounds = 20;
    private const double Still = 0.001;
    private const int Trials = 5;

    /// <summary>What something says that it holds, as a share of what the heap grows by: the median of some trials, for what earlier tests left behind, up to 50 MB, is freed when it pleases.</summary>
    /// <param name="make">Makes it; it is dropped after each trial.</param>
    /// <param name="bytes">What it says.</param>
    public static double ShareOf<T>(Func<T> make, Func<T, long> bytes)
    {
        var shares = new double[Trials];
        for (var trial = 0; trial < Trials; trial++)
        {
            shares[trial] = Try();
        }

        Array.Sort(shares);
        return shares[Trials / 2];

        // A method of its own, so that nothing of a trial is left on the stack in the next.
        [MethodImpl(MethodImplOptions.NoInlining)]
        double Try()
        {
            var before = Settled();
            var made = make();
            var share = (double)bytes(made) / (Settled() - before);
            GC.KeepAlive(made);
            return share;
        }
    }

    /// <summary>Bytes that are alive. Collected until that changes nothing any more: what earlier tests left behind goes in several rounds, and would be counted against the next one.</summary>
    /// <remarks><see cref="GC.GetTotalMemory"/> is content with a change of five percent, which in a suite's heap is as much as a test measures.</remarks>
    private static long Settled()
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
