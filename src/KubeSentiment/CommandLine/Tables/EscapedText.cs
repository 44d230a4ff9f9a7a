using System.Buffers;
using System.Text.Unicode;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Text in which bytes that are not UTF-8 stand as lone surrogates; see <see cref="Utf8TextReader"/>.</summary>
internal static class EscapedText
{
    private const char FirstEscape = '\uDC00';

    public static char Escape(byte value) => (char)(FirstEscape + value);

    /// <summary>Whether the text is valid Unicode; a lone surrogate stands for a byte that was not UTF-8, or comes from a JSON escape.</summary>
    public static bool IsWhole(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is var at and >= 0)
        {
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return false;
            }

            text = text[(at + 2)..];
        }

        return true;
    }

    /// <summary>Appends the text as UTF-8, and escaped bytes as they were.</summary>
    public static void Encode(ReadOnlySpan<char> text, ArrayBufferWriter<byte> bytes)
    {
        while (true)
        {
            var target = bytes.GetSpan((text.Length * 3) + 1);
            var status = Utf8.FromUtf16(text, target, out var read, out var written, replaceInvalidSequences: false);
            bytes.Advance(written);
            text = text[read..];
            if (status == OperationStatus.Done)
            {
                return;
            }

            if (text[0] is >= '\uDC80' and <= '\uDCFF')
            {
                bytes.GetSpan(1)[0] = (byte)(text[0] - FirstEscape);
                bytes.Advance(1);
            }
            else
            {
                bytes.Write("\uFFFD"u8);
            }

            text = text[1..];
        }
    }
}
