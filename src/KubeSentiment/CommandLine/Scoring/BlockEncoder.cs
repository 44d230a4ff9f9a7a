using System.Buffers;
using System.IO.Compression;
using System.Text;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>Turns scored blocks into bytes.</summary>
/// <remarks>Compressed, each block is a gzip member of its own: members one after the other are a gzip file, and it can be cut between any two.</remarks>
internal sealed class BlockEncoder(ITableWriter writer, bool compressed)
{
    private readonly StringBuilder _text = new();
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The bytes of a block; valid until the next.</summary>
    /// <param name="block">The block; null for an output without rows.</param>
    /// <param name="first">Whether nothing is written yet, so that the header belongs in front.</param>
    public ReadOnlySpan<byte> Encode(ScoredBlock? block, bool first)
    {
        _text.Clear();
        _bytes.ResetWrittenCount();
        if (first)
        {
            writer.WriteHeader(_text);
        }

        for (var i = 0; i < block?.Results.Count; i++)
        {
            writer.WriteRow(block.Block.Rows[i], block.Results[i], _text);
        }

        EscapedText.Encode(_text.ToString(), _bytes);
        return compressed ? Compress(_bytes.WrittenSpan) : _bytes.WrittenSpan;
    }

    private static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
