namespace KubeSentiment.Inference.Tokenization;

/// <summary>Replaces lone surrogates by U+FFFD, which is what they become when a text is written as UTF-8.</summary>
internal static class WellFormedText
{
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text;
        }

        var buffer = new CharBuffer(stackalloc char[512]);
        foreach (var rune in text.EnumerateRunes())
        {
            buffer.Append(rune);
        }

        // Every lone surrogate is replaced by one character, so an equal length tells nothing.
        var repaired = buffer.Written.SequenceEqual(text) ? text : buffer.Written.ToString();
        buffer.Dispose();
        return repaired;
    }
}
