using System.Numerics;

namespace KubeSentiment.Load;

/// <summary>The weights of the places taken, each under a ticket that is good for one return.</summary>
/// <remarks>
/// A ticket is a row and its version; a return raises the version, so the same ticket finds nothing again. There are at least twice as many rows as places, so
/// a free one is found within a few looks, and each processor begins at a cache line of its own. Rows are changed by compare-and-swap only.
/// </remarks>
internal sealed class LeaseTable
{
    private const long LowHalf = 0xFFFF_FFFF;
    private const long OneVersion = LowHalf + 1;
    private const int RowsInCacheLine = 8;

    // Version in the high half, weight in the low one; weight 0 is a free row.
    private readonly long[] _rows;

    /// <summary>An empty table.</summary>
    /// <param name="capacity">Most weights at once; the caller sees to it that there are never more.</param>
    public LeaseTable(int capacity) => _rows = new long[BitOperations.RoundUpToPowerOf2((uint)capacity * 2)];

    /// <summary>Writes a weight, above zero, into a free row.</summary>
    public long Add(int weight)
    {
        for (var row = Thread.GetCurrentProcessorId() * RowsInCacheLine; ; row++)
        {
            row &= _rows.Length - 1;
            var found = Volatile.Read(ref _rows[row]);
            if ((found & LowHalf) == 0 && Interlocked.CompareExchange(ref _rows[row], found | (uint)weight, found) == found)
            {
                return found | (uint)row;
            }
        }
    }

    /// <summary>Frees the row of a ticket.</summary>
    /// <returns>Its weight, or 0 when the ticket was used before.</returns>
    public int Remove(long ticket)
    {
        ref var row = ref _rows[(int)(ticket & LowHalf)];
        var version = ticket & ~LowHalf;
        var found = Volatile.Read(ref row);
        var weight = (int)(found & LowHalf);
        var isMine = (found & ~LowHalf) == version && weight > 0;
        return isMine && Interlocked.CompareExchange(ref row, version + OneVersion, found) == found ? weight : 0;
    }
}
