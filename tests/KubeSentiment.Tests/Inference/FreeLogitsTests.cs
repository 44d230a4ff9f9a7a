using KubeSentiment.Inference;
using KubeSentiment.Tests.Inference.Graphs;

namespace KubeSentiment.Tests.Inference;

/// <summary>Graphs that do not say how many logits they answer with.</summary>
public sealed class FreeLogitsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("logits-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Of position 0 a run that leaves out what is not read, of another one the graph as it is.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Run_AsManyAsLabels_Answers(long position, bool spares)
    {
        using var model = await LoadAsync(labels: 2, position);

        model.SparesPositions.ShouldBe(spares);
        model.Labels.ShouldBe(2);
        model.Run(TokenBatch.Of(padId: 0, [1, 2, 3], [4, 5]), withEmbedding: false).Logits.Length.ShouldBe(4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Run_OtherThanLabels_SaysSoByTheFirstRun(long position) =>
        (await Should.ThrowAsync<ModelFolderException>(async () =>
        {
            using var model = await LoadAsync(labels: 3, position);
            model.Run(TokenBatch.Of(padId: 0, [1, 2, 3]), withEmbedding: false);
        })).Message.ShouldContain("model.onnx' answers 3 logits but id2label in config.json names 2 labels");

    private Task<OnnxModel> LoadAsync(int labels, long position)
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), """{"model_type": "bert", "id2label": {"0": "a", "1": "b"}, "max_position_embeddings": 64}""");
        var graph = GraphFile.WithEmbedding().Weight("w1", 4, 4).Node("MatMul", ["hidden", "w1"], "dense").Classify("dense", position: position, labels: labels);
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), graph.WithFreeLogits().Bytes());
        var folder = ModelFolder.Open(_folder, name: null);
        return OnnxModel.LoadAsync(folder.OnnxPath, folder, intraOpThreads: 1);
    }
}
