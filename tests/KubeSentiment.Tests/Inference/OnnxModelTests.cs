using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;
using KubeSentiment.Tests.Inference.Graphs;

namespace KubeSentiment.Tests.Inference;

/// <summary>Graphs that ONNX Runtime opens, and that cannot be run as this service runs them: they are refused before there is a text.</summary>
public sealed class OnnxModelTests
{
    private const int Half = 10;

    [Fact]
    public void Load_IdsOfAnotherType_SaysWhichAndWhatToDo()
    {
        var message = Refusal(GraphFile.WithEmbedding().Classify("hidden").Bytes(ids: GraphFile.Int32Ids));

        message.ShouldContain("model.onnx' wants input_ids as Int32; texts are given as Int64: ");
        message.ShouldEndWith("export the model with free axes for the task text-classification, as optimum-cli export onnx does.");
    }

    [Theory]
    [InlineData(1, 64, "[1, 64]")]
    [InlineData(null, 128, "[any, 128]")]
    [InlineData(8, 64, "[8, 64]")]
    public void Load_FixedAxes_SaysWhich(int? texts, int? positions, string expected) =>
        Refusal(GraphFile.WithEmbedding().Classify("hidden").WithFixedIds(texts, positions).Bytes()).ShouldContain($"model.onnx' takes input_ids of {expected}; texts come as [any, any]");

    [Fact]
    public void Load_AxesThatTheGraphDoesNotTell_AreTakenForFree()
    {
        using var folder = new GraphFolder(GraphFile.WithEmbedding().Classify("hidden").WithHiddenAxes().Bytes());
        using var model = Models.Load(folder.Path);

        model.EmbeddingSize.ShouldBeNull();
    }

    /// <summary>It fails on two texts together, and these are then run one by one.</summary>
    [Fact]
    public async Task Load_OneTextAtATime_AnswersTwo()
    {
        using var folder = new GraphFolder(GraphFile.WithEmbedding().Classify("hidden").WithFixedIds(texts: 1, positions: null).Bytes());
        using var model = Models.Load(folder.Path);
        var cancellation = TestContext.Current.CancellationToken;

        var answers = model.TryInfer([new TokenizedText([1, 2, 3], Truncated: false), new TokenizedText([1, 3, 2], Truncated: false)], wantsEmbedding: false, cancellation)!;

        (await Task.WhenAll(answers)).Select(answer => answer.Logits.Length).ShouldBe([2, 2]);
    }

    [Fact]
    public void Load_OtherInputs_NamesThemAndTheSupported() =>
        Refusal(GraphFile.WithEmbedding(ids: "input.1").Classify("hidden").Bytes(input: "input.1"))
            .ShouldContain("model.onnx' wants the inputs input.1; supported are input_ids, attention_mask and token_type_ids: export");

    [Fact]
    public void Load_OtherOutput_SaysWhatIsThere() =>
        Refusal(GraphFile.WithEmbedding().Classify("hidden", output: "output_0").Bytes(output: "output_0")).ShouldContain("has no output 'logits' but output_0: export");

    [Fact]
    public void Load_LogitsInHalfPrecision_SaysSo() =>
        Refusal(GraphFile.WithEmbedding().Classify("hidden", output: "wide").Node("Cast", ["wide"], "logits", GraphFile.Is("to", Half)).Bytes(logits: Half))
            .ShouldContain("model.onnx' gives logits as Float16; they must be in single precision");

    private static string Refusal(byte[] graph)
    {
        using var folder = new GraphFolder(graph);
        return Should.Throw<ModelFolderException>(() => Models.Load(folder.Path).Dispose()).Message;
    }
}
