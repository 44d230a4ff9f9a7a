namespace KubeSentiment.Tests.Inference.Graphs;

/// <summary>A small model's folder with another graph in it, for two labels.</summary>
internal sealed class GraphFolder : IDisposable
{
    public GraphFolder(byte[] graph)
    {
        foreach (var file in Directory.EnumerateFiles(Models.Tiny("tiny-distilbert-cased")))
        {
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
        }

        File.WriteAllBytes(System.IO.Path.Combine(Path, "model.onnx"), graph);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("graph-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
