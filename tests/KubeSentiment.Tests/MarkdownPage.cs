using System.Text.RegularExpressions;

namespace KubeSentiment.Tests;

/// <summary>A page of the repository: where it leads, and where its headings can be reached.</summary>
internal sealed partial class MarkdownPage
{
    private readonly string _folder;
    private readonly string _text;

    /// <summary>Reads a page.</summary>
    /// <param name="path">From the root of the repository: <c>docs/load.md</c>.</param>
    public MarkdownPage(string path)
    {
        var file = Path.Combine(CommittedFile.RequireRoot(), path);
        Name = path;
        _folder = Path.GetDirectoryName(file)!;
        _text = CodeBlock().Replace(File.ReadAllText(file), "");
    }

    /// <summary>Its path from the root of the repository.</summary>
    public string Name { get; }

    /// <summary>The anchors of its headings, as GitHub makes them of their words.</summary>
    public HashSet<string> Anchors() =>
        [.. Heading().Matches(_text).Select(match => NotInAnchors().Replace(match.Groups["title"].Value.ToLowerInvariant(), "").Replace(' ', '-'))];

    /// <summary>Its links to other files, and to headings: full path (its own for a heading of itself), anchor or nothing, and as it is written.</summary>
    public IEnumerable<(string File, string Anchor, string Written)> Links() => Link().Matches(_text)
        .Select(match => match.Groups["target"].Value)
        .Where(target => !target.Contains("://", StringComparison.Ordinal))
        .Select(target => target.Split('#', 2))
        .Select(parts => (
            Path.GetFullPath(Path.Combine(_folder, parts[0].Length > 0 ? parts[0] : Path.GetFileName(Name))),
            parts.Length > 1 ? parts[1] : "",
            string.Join('#', parts)));

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^#+ (?<title>.+?)\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
