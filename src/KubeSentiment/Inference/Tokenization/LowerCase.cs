using System.Text;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Lower-cases one character as Rust does, whatever its neighbours.</summary>
/// <remarks>
/// .NET's invariant lower case agrees with it on all but 56 code points: 55 capitals that Unicode 16 and 17 added (Garay, Beria Erfe, ten
/// of Latin), and U+0130, which becomes two characters. Greek sigma is small sigma even at a word's end, in both.
/// </remarks>
internal static class LowerCase
{
    private static readonly Rune CombiningDotAbove = new(0x307);

    /// <summary>The lower case of one character.</summary>
    /// <param name="following">The second character of the lower case of U+0130 (Turkish dotted I); otherwise null.</param>
    public static Rune Of(Rune rune, out Rune? following)
    {
        following = rune.Value == 0x130 ? CombiningDotAbove : null;
        return rune.Value switch
        {
            0x130 => new Rune('i'),
            0x1C89 or 0xA7CC or 0xA7CE or 0xA7D2 or 0xA7D4 or 0xA7DA => new Rune(rune.Value + 1),
            0xA7CB => new Rune(0x264),
            0xA7DC => new Rune(0x19B),
            >= 0x10D50 and <= 0x10D65 => new Rune(rune.Value + 0x20),
            >= 0x16EA0 and <= 0x16EB8 => new Rune(rune.Value + 0x1B),
            _ => Rune.ToLowerInvariant(rune),
        };
    }
}
