using KubeSentiment.Configuration;

namespace KubeSentiment.Tests.Configuration;

/// <summary>The committed page is the one that the options types give.</summary>
public sealed class SettingsPageTests
{
    [Fact]
    public void Write_OfTheProgram_IsTheCommittedPage() =>
        CommittedFile.ShouldBe("docs/configuration.md", SettingsPage.Write(SettingsCatalog.OfProgram(), XmlSummaries.OfProgram()));
}
