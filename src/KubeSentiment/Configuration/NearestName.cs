namespace KubeSentiment.Configuration;

/// <summary>Finds the known name that a mistyped one was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The nearest name, or null where none is so near that a slip explains the difference.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        // What all names share must not make them look alike, and one slip in four letters is about what a hurried hand does.
        var typed = Own(name);
        var slips = Math.Max(1, typed.Length / 4);
        return known
            .Select(candidate => (Name: candidate, Distance: Distance(typed, Own(candidate))))
            .Where(candidate => candidate.Distance <= slips)
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .FirstOrDefault()
            .Name;
    }

    private static string Own(string name)
    {
        var upper = name.ToUpperInvariant();
        var shared = upper.StartsWith(SettingAttribute.Prefix, StringComparison.Ordinal) ? SettingAttribute.Prefix.Length : upper.IndexOf(':') + 1;
        return upper[shared..];
    }

    /// <summary>Damerau-Levenshtein distance in its optimal string alignment form: insert, delete, replace, or swap two neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replaced, 1 + Math.Min(d[i - 1, j], d[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], 1 + d[i - 2, j - 2]);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
