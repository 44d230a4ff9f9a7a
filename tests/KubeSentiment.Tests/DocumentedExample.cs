using System.Text.RegularExpressions;

namespace KubeSentiment.Tests;

/// <summary>Holds the examples of a page equal to the compiled, tested code that they show.</summary>
/// <remarks>
/// In the page, a comment <c>&lt;!-- example: path/of/File.cs#name --&gt;</c> on a line of its own stands before a csharp block, which must equal what stands
/// between <c>#region name</c> and <c>#endregion</c> in that file, less the indentation. With UPDATE_DOCS=1 the block is written anew.
/// </remarks>
internal static partial class DocumentedExample
{
    /// <summary>Checks every example of a page.</summary>
    /// <param name="page">The page, from the root of the repository: <c>docs/load.md</c>.</param>
    public static void Check(string page)
    {
        var root = CommittedFile.RequireRoot();
        var path = Path.Combine(root, page);
        var shown = File.ReadAllText(path);
        Example().Count(shown).ShouldBeGreaterThan(0, $"{page} shows no example.");

        var right = Example().Replace(shown, match => $"{match.Groups["mark"].Value}```csharp\n{Region(root, match.Groups["file"].Value, match.Groups["region"].Value)}```");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1" && right != shown)
        {
            File.WriteAllText(path, right);
            shown = right;
        }

        shown.ShouldBe(right, $"An example in {page} is not the code any more: run this test with UPDATE_DOCS=1 set.");
    }

    private static string Region(string root, string file, string name)
    {
        var lines = File.ReadAllLines(Path.Combine(root, file));
        var start = Array.FindIndex(lines, line => line.Trim() == $"#region {name}");
        start.ShouldBeGreaterThanOrEqualTo(0, $"{file} has no region {name}.");
        var region = lines.Skip(start + 1).TakeWhile(line => line.Trim() != "#endregion").SkipWhile(string.IsNullOrWhiteSpace).ToList();
        while (region.Count > 0 && string.IsNullOrWhiteSpace(region[^1]))
        {
            region.RemoveAt(region.Count - 1);
        }

        var indentation = region.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Concat(region.Select(line => (line.Length > 0 ? line[indentation..] : "") + "\n"));
    }

    [GeneratedRegex(@"(?<mark><!-- example: (?<file>[^#\s]+)#(?<region>\S+) -->\n+)```csharp\n.*?```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Example();
}
