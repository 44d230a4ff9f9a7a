using System.Buffers;
using System.Runtime.InteropServices;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>A token that is recognised in the raw text before the model's own rules, such as [SEP] or a user's addition.</summary>
/// <param name="LeftStrip">Swallows the white space before it.</param>
/// <param name="RightStrip">Swallows the white space after it.</param>
internal sealed record AddedToken(string Content, int Id, bool LeftStrip, bool RightStrip);

/// <summary>Where an added token was found, swallowed white space included.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AddedTokenMatch(int Start, int End, int Id);

/// <summary>Finds added tokens in a text: the leftmost first, of several at one place the longest.</summary>
/// <remarks>
/// Hugging Face cuts these out of the text wherever they occur, even inside a word ("a[SEP]b" is a, [SEP], b), and whoever wrote them, so an
/// untrusted text can hold them too. The library's BertTokenizer knows only its five named tokens and takes "[sep]" for one of them.
/// </remarks>
internal sealed class AddedTokens
{
    private readonly SearchValues<char> _firstChars;
    private readonly Dictionary<char, AddedToken[]> _byFirstChar;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        _byFirstChar = tokens
            .Where(token => token.Content.Length > 0)
            .GroupBy(token => token.Content[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Content.Length).ToArray());
        _firstChars = SearchValues.Create([.. _byFirstChar.Keys]);
    }

    /// <summary>Finds the next added token at or after <paramref name="from"/>.</summary>
    public bool TryFind(ReadOnlySpan<char> text, int from, out AddedTokenMatch match)
    {
        var at = from;
        while (true)
        {
            var step = text[at..].IndexOfAny(_firstChars);
            if (step < 0)
            {
                match = default;
                return false;
            }

            at += step;
            foreach (var token in _byFirstChar[text[at]])
            {
                if (text[at..].StartsWith(token.Content))
                {
                    match = Widen(text, from, at, token);
                    return true;
                }
            }

            at++;
        }
    }

    private static AddedTokenMatch Widen(ReadOnlySpan<char> text, int from, int at, AddedToken token)
    {
        var start = at;
        var end = at + token.Content.Length;
        while (token.LeftStrip && start > from && char.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        while (token.RightStrip && end < text.Length && char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return new AddedTokenMatch(start, end, token.Id);
    }
}
