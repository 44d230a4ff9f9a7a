using System.Globalization;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Reads a score as Hugging Face's JSON parser does, to the last bit.</summary>
/// <remarks>
/// serde_json takes the digits for an integer, rounds that to a double and divides by a power of ten. With more than 15 digits, the two
/// roundings may miss the nearest double by one unit, and in long words of repeated letters that unit chooses between paths of equal score.
/// </remarks>
internal static class UnigramScore
{
    public static double Parse(string number)
    {
        var significand = 0UL;
        var exponent = 0;
        var afterPoint = false;
        var full = false;
        var at = number[0] == '-' ? 1 : 0;
        for (; at < number.Length && number[at] is '.' or (>= '0' and <= '9'); at++)
        {
            if (number[at] == '.')
            {
                afterPoint = true;
                continue;
            }

            // From the first digit that no longer fits 64 bits on, digits only count as places.
            var digit = (ulong)(number[at] - '0');
            full |= significand > (ulong.MaxValue - digit) / 10;
            significand = full ? significand : (significand * 10) + digit;
            exponent += (full ? 1 : 0) - (afterPoint ? 1 : 0);
        }

        if (at < number.Length)
        {
            exponent += int.Parse(number.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        var value = exponent >= 0 ? significand * PowerOfTen(exponent) : significand / PowerOfTen(-exponent);
        return number[0] == '-' ? -value : value;
    }

    private static double PowerOfTen(int exponent) => double.Parse($"1e{exponent}", CultureInfo.InvariantCulture);
}
