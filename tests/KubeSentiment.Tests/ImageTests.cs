using System.Xml.Linq;

namespace KubeSentiment.Tests;

/// <summary>The Dockerfile and the container settings of <c>dotnet publish</c> make the same image.</summary>
public sealed class ImageTests
{
    [Fact]
    public void Dockerfile_AndPublishSettings_NameTheSameImagePortAndEnvironment()
    {
        var root = CommittedFile.RequireRoot();
        var docker = File.ReadAllLines(Path.Combine(root, "Dockerfile"));
        var project = XDocument.Load(Path.Combine(root, "src", "KubeSentiment", "KubeSentiment.csproj"));

        docker.Last(line => line.StartsWith("FROM ", StringComparison.Ordinal)).ShouldBe($"FROM {project.Descendants("ContainerBaseImage").Single().Value}");
        docker.Where(line => line.StartsWith("EXPOSE ", StringComparison.Ordinal))
            .ShouldBe(project.Descendants("ContainerPort").Select(port => $"EXPOSE {port.Attribute("Include")!.Value}"));
        docker.Where(line => line.StartsWith("ENV ", StringComparison.Ordinal))
            .ShouldBe(project.Descendants("ContainerEnvironmentVariable").Select(variable => $"ENV {variable.Attribute("Include")!.Value}=\"{variable.Attribute("Value")!.Value}\""));
        docker.ShouldContain("USER $APP_UID");
        docker.ShouldContain("ENV ORT_DISABLE_TELEMETRY=\"1\"");
    }
}
