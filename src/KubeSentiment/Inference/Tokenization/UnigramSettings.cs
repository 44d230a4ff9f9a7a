namespace KubeSentiment.Inference.Tokenization;

/// <summary>How an XLM-RoBERTa text is cut into words.</summary>
/// <param name="Replacements">Done after NFKC, in this order.</param>
/// <param name="SplitWhiteSpace">Drops white space of every kind first, so that only single words remain.</param>
/// <param name="VisibleSpace">Stands for a space in the vocabulary, U+2581.</param>
/// <param name="Prepend">Puts a visible space before a text that does not begin with one.</param>
internal sealed record UnigramSettings(TextReplacement[] Replacements, bool SplitWhiteSpace, char VisibleSpace, bool Prepend);

/// <summary>One replacement of a normalizer: a plain text, or runs of two spaces and more.</summary>
/// <param name="Pattern">The plain text to look for, or null for the runs of spaces.</param>
internal sealed record TextReplacement(string? Pattern, string Content)
{
    /// <summary>The one regular expression that XLM-RoBERTa's files use.</summary>
    public const string SpacesExpression = " {2,}";

    public string Apply(string text)
    {
        if (Pattern is not null)
        {
            return text.Replace(Pattern, Content, StringComparison.Ordinal);
        }

        var output = new CharBuffer(stackalloc char[512]);
        for (var at = 0; at < text.Length;)
        {
            var spaces = text.AsSpan(at).IndexOfAnyExcept(' ');
            spaces = spaces < 0 ? text.Length - at : spaces;
            if (spaces > 1)
            {
                output.Append(Content);
                at += spaces;
            }
            else
            {
                output.Append(text[at++]);
            }
        }

        var replaced = output.Written.ToString();
        output.Dispose();
        return replaced;
    }
}
