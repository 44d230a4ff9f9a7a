using System.Text;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Tokenizes for XLM-RoBERTa: unigram pieces of words that begin with a visible space.</summary>
/// <remarks>
/// Hugging Face cuts out the added tokens, normalizes the rest, cuts out the tokens to be found after that, makes each space U+2581, puts one
/// in front, and splits before each of them.
/// </remarks>
internal sealed class UnigramTokenizer : ITokenizer
{
    private readonly UnigramVocabulary _vocabulary;
    private readonly UnigramSettings _settings;
    private readonly AddedTokens _rawTokens;
    private readonly AddedTokens _normalizedTokens;
    private readonly SequenceTemplate _template;
    private readonly int _maxTokens;
    private readonly int _unknownId;

    public UnigramTokenizer(
        UnigramVocabulary vocabulary,
        UnigramSettings settings,
        AddedTokens rawTokens,
        AddedTokens normalizedTokens,
        SequenceTemplate template,
        int maxTokens,
        int padId,
        int unknownId,
        VocabularyFit fit)
    {
        _vocabulary = vocabulary;
        _settings = settings;
        _rawTokens = rawTokens;
        _normalizedTokens = normalizedTokens;
        _template = template;
        _maxTokens = maxTokens;
        PadId = padId;
        _unknownId = unknownId;
        Fit = fit;
    }

    public int PadId { get; }

    public int? UnknownId => _unknownId;

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

    private void ReadSegment(ReadOnlySpan<char> segment, ref TokenIdWriter ids)
    {
        var buffer = new CharBuffer(stackalloc char[512]);
        PinnedNormalization.Normalize(segment, NormalizationForm.FormKC, ref buffer);
        var normalized = _settings.Replacements.Aggregate(buffer.Written.ToString(), (text, replacement) => replacement.Apply(text));
        buffer.Dispose();
        var position = 0;
        while (!ids.IsFull && _normalizedTokens.TryFind(normalized, position, out var added))
        {
            ReadPlain(normalized.AsSpan(position..added.Start), ref ids);
            ids.Add(added.Id);
            position = added.End;
        }

        ReadPlain(normalized.AsSpan(position), ref ids);
    }

    private void ReadPlain(ReadOnlySpan<char> plain, ref TokenIdWriter ids)
    {
        if (!_settings.SplitWhiteSpace)
        {
            ReadWords(plain, ref ids);
            return;
        }

        var start = 0;
        for (var end = 0; end <= plain.Length; end++)
        {
            if (end == plain.Length || char.IsWhiteSpace(plain[end]))
            {
                ReadWords(plain[start..end], ref ids);
                start = end + 1;
            }
        }
    }

    private void ReadWords(ReadOnlySpan<char> plain, ref TokenIdWriter ids)
    {
        if (plain.IsEmpty || ids.IsFull)
        {
            return;
        }

        var space = _settings.VisibleSpace;
        var words = new CharBuffer(stackalloc char[512]);
        if (_settings.Prepend && plain[0] != ' ' && plain[0] != space)
        {
            words.Append(space);
        }

        plain.Replace(words.Reserve(plain.Length), ' ', space);
        words.Commit(plain.Length);
        var rest = words.Written;
        while (rest.Length > 0 && !ids.IsFull)
        {
            var next = rest[1..].IndexOf(space);
            var length = next < 0 ? rest.Length : next + 1;
            _vocabulary.AddPieces(rest[..length], ref ids);
            rest = rest[length..];
        }

        words.Dispose();
    }
}
