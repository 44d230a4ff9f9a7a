namespace KubeSentiment.IntegrationTests.Service;

/// <summary>A copy of a model folder that a test may damage.</summary>
internal sealed class ModelCopy : IDisposable
{
    private ModelCopy(string source)
    {
        Folder = Directory.CreateTempSubdirectory("model-").FullName;
        foreach (var file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, this[Path.GetFileName(file)]);
        }
    }

    public string Folder { get; }

    public string this[string file] => Path.Combine(Folder, file);

    public static ModelCopy OfTinyDistilBert() => new(Path.Combine(AppContext.BaseDirectory, "Assets", "models", "tiny-distilbert-cased"));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
