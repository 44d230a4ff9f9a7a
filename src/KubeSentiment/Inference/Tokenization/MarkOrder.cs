using System.Globalization;
using System.Text;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Puts long runs of combining marks into canonical order in linear time, so that ICU finds nothing left to move.</summary>
/// <remarks>
/// The order is by combining class, marks of one class staying as they came (Unicode, D109). .NET tells no combining class, but ICU's
/// answer to a pair does: it swaps a mark behind a reference exactly if the reference's class is larger. One probe per distinct mark, against
/// references of ascending class, ranks it; a run is then a counting sort.
/// </remarks>
internal static class MarkOrder
{
    /// <summary>ICU is quadratic in the run, so up to here it is cheaper than sorting; texts in real languages stay far below.</summary>
    private const int LongRun = 48;

    /// <summary>One mark of each combining class between 1 and 240 that occurs in Unicode, ascending.</summary>
    private const string References =
        """
        334 16FF0 93C 3099 94D 5B0 5B1 5B2 5B3 5B4 5B5 5B6 5B7 5B8 5B9 5BB 5BC 5BD 5BF 5C1 5C2 FB1E 64B 64C 64D 64E 64F 650 651 652 670 711 C55
        C56 E38 E48 EB8 EC8 F71 F72 F74 321 1DCE 31B 302A 316 59A 302E 1D16D 5AE 301 315 35C 35D 345
        """;

    private static readonly Rune[] Ascending = [.. CodePointRanges.Parse(References).Select(range => new Rune(range.First))];

    public static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    public static bool HasLongRun(ReadOnlySpan<char> text)
    {
        if (text.Length < LongRun)
        {
            return false;
        }

        var run = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            run = IsMark(rune) ? run + 1 : 0;
            if (run >= LongRun)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Appends the text with every run of marks in canonical order.</summary>
    public static void Order(ReadOnlySpan<char> text, ref CharBuffer output)
    {
        var ranks = new Dictionary<Rune, int>();
        var run = new List<(int Rank, Rune Mark)>();
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsMark(rune))
            {
                Flush(run, ref output);
                output.Append(rune);
                continue;
            }

            // Four Tibetan and Greek marks fall apart into two marks, which have to be ordered one by one.
            foreach (var mark in rune.ToString().Normalize(NormalizationForm.FormD).EnumerateRunes())
            {
                if (!ranks.TryGetValue(mark, out var rank))
                {
                    ranks[mark] = rank = RankOf(mark);
                }

                // Class 0: neither moves nor lets others pass.
                if (rank < 0)
                {
                    Flush(run, ref output);
                    output.Append(mark);
                }
                else
                {
                    run.Add((rank, mark));
                }
            }
        }

        Flush(run, ref output);
    }

    private static void Flush(List<(int Rank, Rune Mark)> run, ref CharBuffer output)
    {
        // OrderBy is stable, and the ranks are few.
        foreach (var (_, mark) in run.OrderBy(entry => entry.Rank))
        {
            output.Append(mark);
        }

        run.Clear();
    }

    /// <summary>The number of references of a smaller class, or -1 for class 0.</summary>
    private static int RankOf(Rune mark)
    {
        var (low, high) = (0, Ascending.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Swaps(mark, Ascending[middle]))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        // Nothing smaller: class 1, or class 0, which the last reference does not move behind.
        return low > 0 || Swaps(Ascending[^1], mark) ? low : -1;
    }

    private static bool Swaps(Rune first, Rune second)
    {
        var pair = $"{first}{second}";
        return pair.Normalize(NormalizationForm.FormD) != pair;
    }
}
