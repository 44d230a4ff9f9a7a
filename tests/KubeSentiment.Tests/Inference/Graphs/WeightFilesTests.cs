using KubeSentiment.Inference;
using KubeSentiment.Inference.Graphs;

namespace KubeSentiment.Tests.Inference.Graphs;

/// <summary>Weights outside of the graph's file, whatever their files are called.</summary>
public sealed class WeightFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weights-").FullName;

    private string Graph => Path.Combine(_folder, "model.onnx");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_WeightsWhereverTheyMayStand_FindsEachFileOnce()
    {
        Write("one", "two", "below/three");
        Write(GraphFile.WithEmbedding().WeightElsewhere("a", "two").WeightElsewhere("b", "two").ConstantElsewhere("c", "one").GraphElsewhere("hidden", "d", "below/three"));

        WeightFiles.Of(Graph).Order(StringComparer.Ordinal).ShouldBe([Path.Combine(_folder, "below/three"), Path.Combine(_folder, "one"), Path.Combine(_folder, "two")]);
    }

    [Fact]
    public void Of_BuiltInModel_FindsNone() => WeightFiles.Of(ModelFolder.Open(Models.BuiltIn, name: null).OnnxPath).ShouldBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("no graph at all")]
    [InlineData("\u003a\u0005")]
    public void Of_NoGraph_FindsNone(string content)
    {
        File.WriteAllText(Graph, content);
        WeightFiles.Of(Graph).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../weights")]
    [InlineData("below/../../weights")]
    [InlineData("/etc/hostname")]
    [InlineData(".")]
    [InlineData("")]
    public void Of_FileThatIsNotInTheFolder_IsRefused(string location)
    {
        Write(GraphFile.WithEmbedding().WeightElsewhere("a", location));
        Should.Throw<ModelFolderException>(() => WeightFiles.Of(Graph)).Message.ShouldContain($"model.onnx' keeps weights in '{location}', which is not in its folder");
    }

    [Fact]
    public void Of_FileThatIsMissing_IsRefused()
    {
        Write(GraphFile.WithEmbedding().WeightElsewhere("a", "weights.bin"));
        Should.Throw<ModelFolderException>(() => WeightFiles.Of(Graph)).Message.ShouldContain("model.onnx' keeps weights in 'weights.bin', which is missing");
    }

    private void Write(GraphFile graph) => File.WriteAllBytes(Graph, graph.Bytes());

    private void Write(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, file))!);
            File.WriteAllText(Path.Combine(_folder, file), "weights");
        }
    }
}
