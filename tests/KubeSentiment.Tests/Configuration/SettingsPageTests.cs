using KubeSentiment.Configuration;

namespace KubeSentiment.Tests.Configuration;

/// <summary>The committed page is the one that the options types give.</summary>
public sealed class SettingsPageTests
{
    [Fact]
    public void Write_OfTheProgram_IsTheCommittedPage()
    {
        var path = Path.Combine(Repository.Root(), "docs", "configuration.md");

        var page = SettingsPage.Write(SettingsCatalog.OfProgram(), XmlSummaries.OfProgram());

        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, page);
        }

        (File.Exists(path) ? File.ReadAllText(path) : "").ShouldBe(page, "docs/configuration.md is out of date: run this test with UPDATE_DOCS=1 set.");
    }
}
