using Microsoft.ML.Tokenizers;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Tokenizes for RoBERTa: byte-level BPE.</summary>
/// <remarks>
/// Hugging Face cuts out the added tokens, splits the rest into words, spells each word in UTF-8 bytes and merges these by rank. The merging is
/// the library's: behind our splitter its ids were equal on every text compared. The splitting is ours (see <see cref="ByteLevelWords"/>),
/// and so are the added tokens, which the library looks for only within words. Only very long words are merged by <see cref="LongWordMerges"/>.
/// </remarks>
internal sealed class ByteLevelBpeTokenizer : ITokenizer
{
    /// <summary>In UTF-16 units; beyond it the library's quadratic time shows.</summary>
    private const int LongWord = 256;

    private readonly BpeTokenizer _merges;
    private readonly LongWordMerges _longWords;
    private readonly AddedTokens _rawTokens;
    private readonly AddedTokens _normalizedTokens;
    private readonly SequenceTemplate _template;
    private readonly int _maxTokens;
    private readonly bool _addPrefixSpace;

    public ByteLevelBpeTokenizer(
        BpeTokenizer merges,
        LongWordMerges longWords,
        AddedTokens rawTokens,
        AddedTokens normalizedTokens,
        SequenceTemplate template,
        int maxTokens,
        bool addPrefixSpace,
        int padId,
        VocabularyFit fit)
    {
        _merges = merges;
        _longWords = longWords;
        _rawTokens = rawTokens;
        _normalizedTokens = normalizedTokens;
        _template = template;
        _maxTokens = maxTokens;
        _addPrefixSpace = addPrefixSpace;
        PadId = padId;
        Fit = fit;
    }

    public int PadId { get; }

    /// <summary>Null: the vocabulary holds every byte, so that no text is unknown.</summary>
    public int? UnknownId => null;

    public VocabularyFit Fit { get; }

    public TokenizedText Tokenize(string text)
    {
        var ids = new TokenIdWriter(_template, _maxTokens);
        var rest = WellFormedText.Of(text).AsSpan();
        var position = 0;
        while (!ids.IsFull && _rawTokens.TryFind(rest, position, out var added))
        {
            ReadSegment(rest[position..added.Start], ref ids);
            ids.Add(added.Id);
            position = added.End;
        }

        ReadSegment(rest[position..], ref ids);
        return ids.Finish();
    }

    /// <summary>There is no normalizer, so the tokens to be found after it are looked for in the same text, once the others are out.</summary>
    private void ReadSegment(ReadOnlySpan<char> segment, ref TokenIdWriter ids)
    {
        var position = 0;
        while (!ids.IsFull && _normalizedTokens.TryFind(segment, position, out var added))
        {
            ReadPlain(segment[position..added.Start], ref ids);
            ids.Add(added.Id);
            position = added.End;
        }

        ReadPlain(segment[position..], ref ids);
    }

    private void ReadPlain(ReadOnlySpan<char> plain, ref TokenIdWriter ids)
    {
        if (_addPrefixSpace && plain is not ([] or [' ', ..]))
        {
            plain = $" {plain}";
        }

        var words = new ByteLevelWords(plain);
        while (!ids.IsFull && words.TryRead(out var word))
        {
            if (word.Length > LongWord)
            {
                _longWords.AddPieces(word, ref ids);
                continue;
            }

            var pieces = _merges.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false);
            for (var at = 0; at < pieces.Count && !ids.IsFull; at++)
            {
                ids.Add(pieces[at]);
            }
        }
    }
}
