using System.Numerics;

namespace KubeSentiment.Load;

/// <summary>The responses of one second: how many, how many failed, how long they took. Written by many threads without a lock.</summary>
/// <remarks>
/// Response times are counted in eight slots an octave of microseconds, from one microsecond to four minutes: a quantile read from them is off by at most a
/// sixteenth. The number of responses is the sum of the slots, so a response costs two atomic additions.
/// </remarks>
internal sealed class ResponseBucket(long second)
{
    public const int Slots = 28 * PerOctave;
    private const int PerOctaveBits = 3;
    private const int PerOctave = 1 << PerOctaveBits;

    // Interlocked.
    private readonly int[] _counts = new int[Slots];
    private long _ticks;
    private int _failed;

    /// <summary>Seconds from the start of the window to this one's beginning.</summary>
    public long Second => second;

    public long Ticks => Volatile.Read(ref _ticks);

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>The middle of a slot.</summary>
    public static TimeSpan Duration(int slot)
    {
        var octave = 1L << (slot >> PerOctaveBits);
        return TimeSpan.FromMicroseconds(octave * (1 + (((slot & (PerOctave - 1)) + 0.5) / PerOctave)));
    }

    public void Add(TimeSpan duration, bool failed)
    {
        Interlocked.Increment(ref _counts[Slot(duration)]);
        Interlocked.Add(ref _ticks, duration.Ticks);
        if (failed)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    public void AddTo(Span<long> counts)
    {
        for (var slot = 0; slot < Slots; slot++)
        {
            counts[slot] += _counts[slot];
        }
    }

    private static int Slot(TimeSpan duration)
    {
        var microseconds = (ulong)Math.Max(1, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        var octave = BitOperations.Log2(microseconds);
        var part = (int)((microseconds << PerOctaveBits) >> octave) & (PerOctave - 1);
        return Math.Min((octave << PerOctaveBits) | part, Slots - 1);
    }
}
