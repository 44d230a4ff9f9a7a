using KubeSentiment.Inference;
using KubeSentiment.Tests.Inference.Graphs;
using static KubeSentiment.Tests.Inference.Graphs.GraphFile;

namespace KubeSentiment.Tests.Inference;

/// <summary>Graphs that ONNX Runtime opens, and that cannot be run as this service runs them.</summary>
public sealed class OnnxModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WarmUp_TheGraphWantsOtherNumbers_IsRefusedWithASentence()
    {
        using var folder = new GraphFolder(GraphFile.WithEmbedding().Classify("hidden").Bytes(ids: Int32Ids));
        using var model = Models.Load(folder.Path);

        var message = (await Should.ThrowAsync<ModelFolderException>(() => model.WarmUpAsync(Cancellation))).Message;

        message.ShouldContain("model.onnx' is damaged or not a graph that can be run: ");
        message.ShouldContain("int32");
        message.ShouldEndWith("Supported are int64 inputs of any size and logits in single precision.");
    }
}
