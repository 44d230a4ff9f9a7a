using System.Text;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference.Tokenization;

/// <summary>
/// Compares every code point with Hugging Face tokenizers 0.23, by a checksum over what it answered. A failure after a runtime upgrade means that
/// .NET's tables moved: the difference then belongs into ours.
/// </summary>
public sealed class CharacterTableTests
{
    private static IEnumerable<Rune> EveryCodePoint => Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(code => new Rune(code));

    [Fact]
    public void ClassesOf_EveryCodePoint_EqualHuggingFace() =>
        Checksum(EveryCodePoint.Select(rune => (int)BertCharacters.ClassesOf(rune.Value))).ShouldBe(631925700u);

    [Fact]
    public void LowerCase_EveryCodePoint_EqualsHuggingFace() => Checksum(LowerCases()).ShouldBe(3715487813u);

    [Fact]
    public void Normalize_EveryCodePointToFormD_EqualsHuggingFace() => Checksum(Normalized(NormalizationForm.FormD)).ShouldBe(3112508443u);

    [Fact]
    public void Normalize_EveryCodePointToFormKC_EqualsHuggingFace() => Checksum(Normalized(NormalizationForm.FormKC)).ShouldBe(1951713827u);

    [Fact]
    public void TryRead_EveryCodePointBehindEachKind_JoinsAsInHuggingFace()
    {
        var kinds = EveryCodePoint.Select(rune => Joins('x', rune) ? 0 : Joins('1', rune) ? 1 : Joins('!', rune) ? 3 : 2);

        Checksum(kinds).ShouldBe(2915151100u);
    }

    private static bool Joins(char before, Rune rune)
    {
        var text = $"{before}{rune}";
        var words = new ByteLevelWords(text);
        return words.TryRead(out var word) && word.Length == text.Length;
    }

    private static IEnumerable<int> LowerCases()
    {
        foreach (var rune in EveryCodePoint)
        {
            yield return LowerCase.Of(rune, out var following).Value;
            if (following is { } second)
            {
                yield return second.Value;
            }

            yield return 1;
        }
    }

    private static IEnumerable<int> Normalized(NormalizationForm form) =>
        EveryCodePoint.SelectMany(rune => Normalized(rune, form).EnumerateRunes()).Select(rune => rune.Value);

    private static string Normalized(Rune rune, NormalizationForm form)
    {
        var buffer = new CharBuffer(stackalloc char[64]);
        PinnedNormalization.Normalize(rune.ToString(), form, ref buffer);
        var normalized = buffer.Written.ToString();
        buffer.Dispose();
        return normalized;
    }

    private static uint Checksum(IEnumerable<int> values) => values.Aggregate(17u, (sum, value) => unchecked((sum * 31) + (uint)value));
}
