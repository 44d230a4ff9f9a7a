namespace KubeSentiment.Tests;

/// <summary>The files that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution. Skips the test where there is none above the tests.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KubeSentiment.slnx")))
        {
            folder = folder.Parent;
        }

        Assert.SkipWhen(folder is null, "Needs the repository: there is no KubeSentiment.slnx above the tests.");
        return folder.FullName;
    }
}
