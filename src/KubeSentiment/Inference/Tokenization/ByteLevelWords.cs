using System.Globalization;
using System.Text;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Splits a text into the words of GPT-2 and RoBERTa, from left to right.</summary>
/// <remarks>
/// <para>
/// Hugging Face matches <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c> on code points. .NET's Regex sees UTF-16
/// units, so for it, and for the library's RobertaPreTokenizer, no letter or number beyond U+FFFF is one. The pattern needs no backtracking
/// but the one step in front of a word, so it is matched by hand, in one pass.
/// </para>
/// <para>The classes are those of Unicode 16, in .NET 10 as in tokenizers 0.23: they agree on every code point.</para>
/// </remarks>
internal ref struct ByteLevelWords
{
    private ReadOnlySpan<char> _rest;

    public ByteLevelWords(ReadOnlySpan<char> text) => _rest = text;

    private enum Kind
    {
        Letter,
        Number,
        White,
        Other,
    }

    /// <summary>Takes the next word, its leading space included; false at the end.</summary>
    public bool TryRead(out ReadOnlySpan<char> word)
    {
        word = _rest[..LengthOfNext(_rest)];
        _rest = _rest[word.Length..];
        return word.Length > 0;
    }

    private static int LengthOfNext(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        if (LengthOfContraction(text) is > 0 and var contraction)
        {
            return contraction;
        }

        // One space belongs to the word behind it, if there is one.
        var start = text[0] == ' ' ? 1 : 0;
        if (start < text.Length && KindAt(text, start, out _) is not Kind.White and var kind)
        {
            return LengthOfRun(text, start, kind, out _);
        }

        // White space: all of it at the end, otherwise all but the last character, which may belong to the word behind it.
        var length = LengthOfRun(text, 0, Kind.White, out var last);
        return length == text.Length || length == last ? length : length - last;
    }

    private static int LengthOfContraction(ReadOnlySpan<char> text)
    {
        if (text is not ['\'', var first, ..])
        {
            return 0;
        }

        return first switch
        {
            's' or 't' or 'm' or 'd' => 2,
            'r' or 'v' when text is [_, _, 'e', ..] => 3,
            'l' when text is [_, _, 'l', ..] => 3,
            _ => 0,
        };
    }

    private static int LengthOfRun(ReadOnlySpan<char> text, int start, Kind kind, out int last)
    {
        var end = start;
        last = 0;
        while (end < text.Length && KindAt(text, end, out var length) == kind)
        {
            end += length;
            last = length;
        }

        return end;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int at, out int length)
    {
        var character = text[at];
        if (char.IsAscii(character))
        {
            length = 1;
            return char.IsAsciiLetter(character) ? Kind.Letter
                : char.IsAsciiDigit(character) ? Kind.Number
                : char.IsWhiteSpace(character) ? Kind.White
                : Kind.Other;
        }

        // A lone surrogate decodes to U+FFFD, one unit long.
        Rune.DecodeFromUtf16(text[at..], out var rune, out length);
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Rune.IsWhiteSpace(rune) ? Kind.White : Kind.Other,
        };
    }
}
