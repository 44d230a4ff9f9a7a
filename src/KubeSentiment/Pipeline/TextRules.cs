using System.Text;

namespace KubeSentiment.Pipeline;

/// <summary>What counts as a text.</summary>
internal static class TextRules
{
    /// <summary>Empty and over-long texts are refused before anything is spent on them.</summary>
    /// <returns>What is wrong with the text; null when nothing is.</returns>
    public static TextFault? Check(string text, int maxLength)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return TextFault.Empty;
        }

        // UTF-16 units are never fewer than code points, so most texts need no count.
        return text.Length > maxLength && Length(text) > maxLength ? TextFault.TooLong : null;
    }

    /// <summary>The length of a text as users count it: in Unicode code points.</summary>
    public static int Length(string text)
    {
        var length = text.Length;
        if (Ascii.IsValid(text))
        {
            return length;
        }

        foreach (var unit in text)
        {
            // The second half of a pair adds nothing.
            if (char.IsLowSurrogate(unit))
            {
                length--;
            }
        }

        return length;
    }
}
