using System.Numerics;
using System.Text;

namespace KubeSentiment.Jobs;

/// <summary>Packs texts into chunks while they are being read: each as its length in bytes, seven bits a byte, and its UTF-8.</summary>
/// <remarks>A string a text would take two to three times the memory, and Redis wants bytes. Not safe for many threads.</remarks>
/// <param name="chunkTexts">Texts in a chunk.</param>
/// <param name="mostTexts">Texts beyond this are not taken.</param>
/// <param name="mostBytes">Nor are those with which the job would count for more, see <see cref="NewJob.Bytes"/>.</param>
/// <param name="maxTextLength">Longest text in code points. Of a longer one as much is kept as shows that it is too long.</param>
/// <param name="budget">What is packed counts there until it is disposed of.</param>
internal sealed class TextPacker(int chunkTexts, int mostTexts, long mostBytes, int maxTextLength, UploadBudget budget) : IDisposable
{
    private readonly List<byte[]> _chunks = [];
    private readonly BinaryWriter _writer = new(new MemoryStream());
    private long _taken;
    private long _bytes = NewJob.BytesOfJob;

    /// <summary>Texts so far.</summary>
    public int Count { get; private set; }

    private MemoryStream Open => (MemoryStream)_writer.BaseStream;

    /// <summary>Adds a text.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    /// <returns>Null; or why it is not taken.</returns>
    public TextRefusal? Add(ReadOnlySpan<byte> utf8)
    {
        if (Count == mostTexts)
        {
            return TextRefusal.TooManyTexts;
        }

        utf8 = Cut(utf8);
        var bytes = BytesOfLength(utf8.Length) + utf8.Length + NewJob.BytesOfResult;
        if (_bytes + bytes > mostBytes)
        {
            return TextRefusal.TooManyBytes;
        }

        if (!budget.TryTake(utf8.Length))
        {
            return TextRefusal.NoRoom;
        }

        _bytes += bytes;
        _taken += utf8.Length;
        _writer.Write7BitEncodedInt(utf8.Length);
        _writer.Write(utf8);
        Count++;
        if (Count % chunkTexts == 0)
        {
            Close();
        }

        return null;
    }

    /// <summary>All chunks.</summary>
    public IReadOnlyList<byte[]> Finish()
    {
        if (Open.Length > 0)
        {
            Close();
        }

        return _chunks;
    }

    /// <summary>The texts of a chunk.</summary>
    /// <returns>Null when these are not the bytes of so many texts.</returns>
    public static IReadOnlyList<string>? Unpack(byte[] chunk, int count)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(chunk, writable: false), new UTF8Encoding(false, throwOnInvalidBytes: true));
            var texts = new string[count];
            for (var i = 0; i < count; i++)
            {
                texts[i] = reader.ReadString();
            }

            return reader.BaseStream.Position == chunk.Length ? texts : null;
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        budget.Give(_taken);
        _taken = 0;
        _writer.Dispose();
    }

    private static int BytesOfLength(int length) => (BitOperations.Log2((uint)length) / 7) + 1;

    private ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8)
    {
        // Bytes are never fewer than code points, so most texts need no count.
        if (utf8.Length <= maxTextLength)
        {
            return utf8;
        }

        for (var (at, codePoints) = (0, 0); at < utf8.Length; at++)
        {
            // All but the bytes that go on with a code point begin one.
            if ((utf8[at] & 0xc0) != 0x80 && ++codePoints > maxTextLength + 1)
            {
                return utf8[..at];
            }
        }

        return utf8;
    }

    private void Close()
    {
        _chunks.Add(Open.ToArray());
        Open.SetLength(0);
    }
}
