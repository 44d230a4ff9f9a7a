namespace KubeSentiment.Load;

/// <summary>The weights of the places taken, each under a ticket that is good for one return.</summary>
/// <remarks>
/// A ticket is a row and its version; a return raises the version, so the same ticket finds nothing again. Free rows form a lock-free stack (Treiber, 1986)
/// whose head carries a tag against the ABA problem. The caller sees to it that no more rows are asked for than there are.
/// </remarks>
internal sealed class LeaseTable
{
    private const long LowHalf = 0xFFFF_FFFF;

    // Version in the high half, weight in the low one; weight 0 is a free row.
    private readonly long[] _rows;
    private readonly int[] _nextFree;

    // Tag in the high half, row number plus one in the low one; 0 is an empty stack.
    private long _head;

    public LeaseTable(int capacity)
    {
        _rows = new long[capacity];
        _nextFree = new int[capacity];
        for (var row = 0; row < capacity; row++)
        {
            _nextFree[row] = row;
        }

        _head = capacity;
    }

    /// <summary>Writes a weight into a free row.</summary>
    public long Add(int weight)
    {
        var row = Pop();
        var version = _rows[row] & ~LowHalf;
        Volatile.Write(ref _rows[row], version | (uint)weight);
        return version | (uint)row;
    }

    /// <summary>Frees the row of a ticket.</summary>
    /// <returns>Its weight, or 0 when the ticket was used before.</returns>
    public int Remove(long ticket)
    {
        var row = (int)(ticket & LowHalf);
        var version = ticket & ~LowHalf;
        var found = Volatile.Read(ref _rows[row]);
        var weight = (int)(found & LowHalf);
        if ((found & ~LowHalf) != version || weight == 0
            || Interlocked.CompareExchange(ref _rows[row], version + LowHalf + 1, found) != found)
        {
            return 0;
        }

        Push(row);
        return weight;
    }

    private int Pop()
    {
        var head = Volatile.Read(ref _head);
        while (true)
        {
            var row = (int)(head & LowHalf) - 1;
            var next = (head & ~LowHalf) + LowHalf + 1 + Volatile.Read(ref _nextFree[row]);
            var found = Interlocked.CompareExchange(ref _head, next, head);
            if (found == head)
            {
                return row;
            }

            head = found;
        }
    }

    private void Push(int row)
    {
        var head = Volatile.Read(ref _head);
        while (true)
        {
            Volatile.Write(ref _nextFree[row], (int)(head & LowHalf));
            var next = (head & ~LowHalf) + LowHalf + 1 + row + 1;
            var found = Interlocked.CompareExchange(ref _head, next, head);
            if (found == head)
            {
                return;
            }

            head = found;
        }
    }
}
