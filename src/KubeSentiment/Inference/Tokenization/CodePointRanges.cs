using System.Globalization;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Reads tables written as hexadecimal code points and ranges, "41-5A 5F".</summary>
internal static class CodePointRanges
{
    public static IEnumerable<(int First, int Last)> Parse(string ranges)
    {
        foreach (var range in ranges.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            yield return dash < 0 ? (Hex(range), Hex(range)) : (Hex(range[..dash]), Hex(range[(dash + 1)..]));
        }
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
