namespace KubeSentiment.Tests;

/// <summary>Who follows a link of the documentation arrives.</summary>
public sealed class MarkdownLinksTests
{
    [Fact]
    public void Links_OfAllPages_LeadToFilesAndHeadings()
    {
        var root = CommittedFile.RequireRoot();
        var pages = new[] { ".", "docs", "bench", "bench/results", "models/sentiment" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.md"))
            .Select(file => new MarkdownPage(Path.GetRelativePath(root, file)))
            .ToDictionary(page => Path.Combine(root, page.Name));
        var links = pages.Values.SelectMany(page => page.Links().Select(link => (Page: page.Name, Link: link))).ToList();

        links.Count.ShouldBeGreaterThan(100);
        links.Where(link => !Leads(link.Link.File, link.Link.Anchor)).Select(link => $"{link.Page}: {link.Link.Written}").ShouldBeEmpty();

        bool Leads(string file, string anchor) => anchor.Length > 0
            ? pages.TryGetValue(file, out var page) && page.Anchors().Contains(anchor)
            : File.Exists(file) || Directory.Exists(file);
    }
}
