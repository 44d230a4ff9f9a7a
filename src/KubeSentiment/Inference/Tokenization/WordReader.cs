using System.Buffers;
using System.Text;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Reads words out of plain text by BERT's rules and hands each to the vocabulary.</summary>
/// <remarks>
/// ASCII characters are classified one by one. Others are taken in runs, because decomposition may reorder the marks of a run; an ASCII
/// character neither decomposes nor lets marks pass, so a run ends there - except at ASCII controls, which cleaning removes from between marks.
/// </remarks>
internal ref struct WordReader
{
    /// <summary>Runs longer than this (a Chinese page) are cut where a mark cannot follow, so that reading can stop early.</summary>
    private const int LongRun = 256;

    private static readonly AsciiKind[] Ascii = [.. Enumerable.Range(0, 128).Select(KindOf)];
    private static readonly SearchValues<char> RunEnds = SearchValues.Create([.. Enumerable.Range(0, 128)
        .Where(code => Ascii[code] != AsciiKind.Removed)
        .Select(code => (char)code)]);

    private readonly WordPieceVocabulary _vocabulary;
    private readonly WordPieceSettings _settings;
    private readonly char[] _word;
    private TokenIdWriter _ids;
    private int _length;
    private int _codePoints;

    public WordReader(WordPieceVocabulary vocabulary, WordPieceSettings settings, TokenIdWriter ids)
    {
        _vocabulary = vocabulary;
        _settings = settings;
        _ids = ids;
        _word = ArrayPool<char>.Shared.Rent(settings.MaxWordLength * 2);
    }

    /// <summary>See <see cref="TokenIdWriter.IsFull"/>.</summary>
    public readonly bool IsFull => _ids.IsFull;

    private enum AsciiKind : byte
    {
        Word,
        White,
        Punctuation,
        Removed,
    }

    /// <summary>Reads to the end of the text, or until the ids are full.</summary>
    public void Read(scoped ReadOnlySpan<char> text)
    {
        var at = 0;
        while (at < text.Length && !_ids.IsFull)
        {
            var end = at + 1;
            switch (char.IsAscii(text[at]) ? Ascii[text[at]] : default(AsciiKind?))
            {
                case AsciiKind.Word:
                    while (end < text.Length && char.IsAscii(text[end]) && Ascii[text[end]] == AsciiKind.Word)
                    {
                        end++;
                    }

                    AppendAscii(text[at..end]);
                    break;
                case AsciiKind.White:
                    EndWord();
                    break;
                case AsciiKind.Punctuation:
                    EndWord();
                    AppendAscii(text[at..end]);
                    EndWord();
                    break;
                case AsciiKind.Removed when _settings.CleanText:
                    break;
                default:
                    end = EndOfRun(text, at);
                    ReadRun(text[at..end]);
                    break;
            }

            at = end;
        }

        EndWord();
    }

    /// <summary>Adds the id of a token that is not part of the plain text.</summary>
    public void Add(int id) => _ids.Add(id);

    /// <summary>Returns the row and gives the buffers back; the reader is spent.</summary>
    public readonly TokenizedText Finish()
    {
        ArrayPool<char>.Shared.Return(_word);
        return _ids.Finish();
    }

    private static AsciiKind KindOf(int code)
    {
        var classes = BertCharacters.ClassesOf(code);
        return classes.HasFlag(BertCharacterClasses.Removed) ? AsciiKind.Removed
            : classes.HasFlag(BertCharacterClasses.White) ? AsciiKind.White
            : classes.HasFlag(BertCharacterClasses.Punctuation) ? AsciiKind.Punctuation
            : AsciiKind.Word;
    }

    private static int EndOfRun(ReadOnlySpan<char> text, int start)
    {
        var at = Math.Min(text.Length, start + LongRun);
        var length = text[(start + 1)..at].IndexOfAny(RunEnds);
        if (length >= 0)
        {
            return start + 1 + length;
        }

        while (at < text.Length && !RunEnds.Contains(text[at]))
        {
            if (Rune.DecodeFromUtf16(text[at..], out var rune, out var consumed) == OperationStatus.Done && CanStartRun(rune))
            {
                return at;
            }

            at += consumed;
        }

        return at;
    }

    /// <summary>Not before a mark, nor before what cleaning removes from in front of one.</summary>
    private static bool CanStartRun(Rune rune) =>
        !MarkOrder.IsMark(rune) && !BertCharacters.ClassesOf(rune.Value).HasFlag(BertCharacterClasses.Removed);

    private void ReadRun(scoped ReadOnlySpan<char> run)
    {
        var cleaned = new CharBuffer(stackalloc char[256]);
        Clean(run, ref cleaned);
        if (_settings.StripAccents)
        {
            var decomposed = new CharBuffer(stackalloc char[256]);
            PinnedNormalization.Normalize(cleaned.Written, NormalizationForm.FormD, ref decomposed);
            ReadCleaned(decomposed.Written);
            decomposed.Dispose();
        }
        else
        {
            ReadCleaned(cleaned.Written);
        }

        cleaned.Dispose();
    }

    private readonly void Clean(scoped ReadOnlySpan<char> run, ref CharBuffer output)
    {
        foreach (var rune in run.EnumerateRunes())
        {
            var classes = BertCharacters.ClassesOf(rune.Value);
            if (_settings.CleanText && classes.HasFlag(BertCharacterClasses.Removed))
            {
                continue;
            }

            if (_settings.CleanText && classes.HasFlag(BertCharacterClasses.White))
            {
                output.Append(' ');
            }
            else if (_settings.IsolateIdeographs && classes.HasFlag(BertCharacterClasses.Ideograph))
            {
                output.Append(' ');
                output.Append(rune);
                output.Append(' ');
            }
            else
            {
                output.Append(rune);
            }
        }
    }

    private void ReadCleaned(scoped ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (_settings.StripAccents && BertCharacters.ClassesOf(rune.Value).HasFlag(BertCharacterClasses.Mark))
            {
                continue;
            }

            if (!_settings.LowerCase)
            {
                ReadCharacter(rune);
            }
            else
            {
                ReadCharacter(LowerCase.Of(rune, out var following));
                if (following is { } dot)
                {
                    ReadCharacter(dot);
                }
            }
        }
    }

    private void ReadCharacter(Rune rune)
    {
        var classes = BertCharacters.ClassesOf(rune.Value);
        if (classes.HasFlag(BertCharacterClasses.White))
        {
            EndWord();
        }
        else if (classes.HasFlag(BertCharacterClasses.Punctuation))
        {
            EndWord();
            Append(rune);
            EndWord();
        }
        else
        {
            Append(rune);
        }
    }

    private void Append(Rune rune)
    {
        if (++_codePoints <= _settings.MaxWordLength)
        {
            _length += rune.EncodeToUtf16(_word.AsSpan(_length));
        }
    }

    private void AppendAscii(scoped ReadOnlySpan<char> part)
    {
        _codePoints += part.Length;
        if (_codePoints > _settings.MaxWordLength)
        {
            return;
        }

        var target = _word.AsSpan(_length);
        if (_settings.LowerCase)
        {
            System.Text.Ascii.ToLower(part, target, out _);
        }
        else
        {
            part.CopyTo(target);
        }

        _length += part.Length;
    }

    private void EndWord()
    {
        if (_codePoints == 0)
        {
            return;
        }

        // A word that is too long was only counted, not kept.
        if (_codePoints > _settings.MaxWordLength)
        {
            _vocabulary.AddUnknown(ref _ids);
        }
        else
        {
            _vocabulary.AddPieces(_word.AsSpan(0, _length), ref _ids);
        }

        _length = 0;
        _codePoints = 0;
    }
}
