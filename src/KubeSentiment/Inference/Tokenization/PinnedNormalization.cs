using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Unicode normalization as Hugging Face's tables know it: ICU does the work, newer characters pass through it untouched.</summary>
/// <remarks>
/// <para>
/// Hugging Face normalizes with tables of about Unicode 9; ICU's follow the machine. The difference is the characters that came since: ICU
/// decomposes, composes or reorders some of them (with ICU 72: 109 code points under NFD, 134 more under NFKC), Hugging Face none. Those
/// are listed below, with the additions up to Unicode 17, and cut the text: ICU only sees what lies between them, which neither moves nor
/// composes across them. U+FFFE is among them because .NET refuses to normalize it.
/// </para>
/// <para>ICU orders a run of marks by insertion, so 10,000 hostile marks took 28 ms. Long runs are therefore ordered first: see <see cref="MarkOrder"/>.</para>
/// </remarks>
internal static class PinnedNormalization
{
    /// <summary>Characters whose normalization came after Hugging Face's tables.</summary>
    private const string NewerRanges =
        """
        7FD 897-89F 8CA-8D3 9FE C3C D3B-D3C EBA 1715 1ABF-1AEB 1DF6-1DFA 32FF A7F1-A7F4 A82C AB69 FFFE 105C9 105D2 105DA 105E4 10781-107BA
        10D24-10D27 10D69-10D6D 10EAB-10EAC 10EFA-10EFF 10F46-10F50 10F82-10F85 11070 1133B 11380-113E2 1145E 11839-1183A 11930 11938 1193D-1193E
        11943 119E0 11A34 11A47 11A99 11D42 11D44-11D45 11D97 11F41-11F42 16100-1613F 16D40-16D7F 16FF0-16FF1 1CCD6-1CCF9 1E030-1E06D 1E08F
        1E130-1E136 1E2AE 1E2EC-1E2EF 1E4EC-1E4EF 1E5EE-1E5EF 1E6E3-1E6F5 1F16C 1FBF0-1FBF9
        """;

    private static readonly FrozenSet<int> Newer = CodePointRanges.Parse(NewerRanges)
        .SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1))
        .ToFrozenSet();

    /// <summary>The characters that can begin a newer one in UTF-16: most texts hold none, and are left whole.</summary>
    private static readonly SearchValues<char> NewerStarts = SearchValues.Create([.. Newer.Select(codePoint => new Rune(codePoint).ToString()[0]).Distinct()]);

    /// <summary>False where the runtime was told to do without ICU: it then returns texts unchanged.</summary>
    public static bool IsAvailable => "é".Normalize(NormalizationForm.FormD).Length == 2;

    /// <summary>Appends the normalized text; the text must hold no lone surrogates.</summary>
    public static void Normalize(scoped ReadOnlySpan<char> text, NormalizationForm form, ref CharBuffer output)
    {
        var start = 0;
        var at = 0;
        while (true)
        {
            var step = text[at..].IndexOfAny(NewerStarts);
            if (step < 0)
            {
                break;
            }

            at += step;
            Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
            if (Newer.Contains(rune.Value))
            {
                NormalizePiece(text[start..at], form, ref output);
                output.Append(rune);
                start = at + length;
            }

            at += length;
        }

        NormalizePiece(text[start..], form, ref output);
    }

    private static void NormalizePiece(scoped ReadOnlySpan<char> piece, NormalizationForm form, ref CharBuffer output)
    {
        if (MarkOrder.HasLongRun(piece))
        {
            var ordered = new CharBuffer(stackalloc char[256]);
            MarkOrder.Order(piece, ref ordered);
            NormalizeOrdered(ordered.Written, form, ref output);
            ordered.Dispose();
        }
        else if (piece.Length > 0)
        {
            NormalizeOrdered(piece, form, ref output);
        }
    }

    private static void NormalizeOrdered(scoped ReadOnlySpan<char> piece, NormalizationForm form, ref CharBuffer output)
    {
        if (!piece.TryNormalize(output.Reserve(piece.Length), out var written, form))
        {
            piece.TryNormalize(output.Reserve(piece.GetNormalizedLength(form)), out written, form);
        }

        output.Commit(written);
    }
}
