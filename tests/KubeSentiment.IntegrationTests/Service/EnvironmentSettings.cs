namespace KubeSentiment.IntegrationTests.Service;

/// <summary>A file of settings beside the program, for an environment that no other test has.</summary>
internal sealed class EnvironmentSettings : IDisposable
{
    public EnvironmentSettings(string content)
    {
        Environment = $"test-{Guid.NewGuid():N}";
        File = Path.Combine(AppContext.BaseDirectory, $"appsettings.{Environment}.json");
        System.IO.File.WriteAllText(File, content);
    }

    /// <summary>For <c>DOTNET_ENVIRONMENT</c>.</summary>
    public string Environment { get; }

    public string File { get; }

    public void Dispose() => System.IO.File.Delete(File);
}
