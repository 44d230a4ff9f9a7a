namespace KubeSentiment.Tests;

/// <summary>Files of the repository that the program's own words must equal.</summary>
internal static class CommittedFile
{
    /// <summary>The folder of the solution, or null where the tests run without the repository.</summary>
    public static string? RepositoryRoot { get; } = FindRoot();

    /// <summary>The repository's folder; skips the test where there is none.</summary>
    public static string RequireRoot()
    {
        Assert.SkipWhen(RepositoryRoot is null, "Needs the repository: there is no KubeSentiment.slnx above the tests.");
        return RepositoryRoot;
    }

    /// <summary>Compares a generated file with the committed one; with <c>UPDATE_DOCS=1</c> it is written first.</summary>
    public static void ShouldBe(string relativePath, string content)
    {
        var path = Path.Combine(RequireRoot(), relativePath);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, content);
        }

        (File.Exists(path) ? File.ReadAllText(path) : "").ShouldBe(content, $"{relativePath} is out of date: run this test with UPDATE_DOCS=1 set.");
    }

    private static string? FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KubeSentiment.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
