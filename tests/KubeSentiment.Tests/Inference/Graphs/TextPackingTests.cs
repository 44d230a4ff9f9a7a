using KubeSentiment.Inference;
using KubeSentiment.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;
using static KubeSentiment.Tests.Inference.Graphs.GraphFile;

namespace KubeSentiment.Tests.Inference.Graphs;

/// <summary>Padding, and positions that the answer does not read, are left out where that changes nothing, and only there.</summary>
public sealed class TextPackingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("graph-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Its sums are of whole numbers: not a bit may move, whatever stands beside a text.</summary>
    [Fact]
    public async Task Run_BuiltInModel_AnswersTheBitsOfTheFileAsItIs()
    {
        var folder = ModelFolder.Open(Models.BuiltIn, null);
        using var model = await OnnxModel.LoadAsync(folder.OnnxPath, folder, intraOpThreads: 1);
        using var asItIs = new InferenceSession(folder.OnnxPath);
        model.SparesPositions.ShouldBeTrue();
        model.PacksTexts.ShouldBeTrue();

        foreach (var batch in Batches(seed: 1, highestId: 20_000))
        {
            var expected = RunAsItIs(asItIs, batch);
            model.Run(batch, withEmbedding: false).Logits.ShouldBe(expected["logits"]);
            var (logits, vectors) = model.Run(batch, withEmbedding: true);
            logits.ShouldBe(expected["logits"]);
            vectors.ShouldBe(expected["sentence_embedding"]);
        }
    }

    [Theory]
    [InlineData("tiny-distilbert-cased")]
    [InlineData("tiny-roberta")]
    [InlineData("tiny-xlm-roberta")]
    public async Task Run_OtherFamilies_AnswerAsTheFileAsItIs(string name)
    {
        var folder = ModelFolder.Open(Models.Tiny(name), null);
        using var model = await OnnxModel.LoadAsync(folder.OnnxPath, folder, intraOpThreads: 1);
        using var asItIs = new InferenceSession(folder.OnnxPath);
        model.SparesPositions.ShouldBeTrue();
        model.PacksTexts.ShouldBeTrue();

        foreach (var batch in Batches(seed: 2, highestId: 200))
        {
            var logits = model.Run(batch, withEmbedding: false).Logits;
            var expected = RunAsItIs(asItIs, batch)["logits"];
            logits.Length.ShouldBe(expected.Length);
            logits.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-5);
        }
    }

    [Fact]
    public void TryApply_FastModel_HasNothingToSpare() => TextPacking.TryApply(ModelFolder.Open(Models.BuiltIn, null).FastPath!, "logits").ShouldBeNull();

    [Fact]
    public async Task Run_RowWiseOperators_AreSpared()
    {
        var graph = GraphFile.WithEmbedding()
            .Weight("w1", 4, 4).Weight("b1", 4).Weight("g", 4).Weight("w2", 4, 4)
            .Node("MatMul", ["hidden", "w1"], "product")
            .Node("Add", ["b1", "product"], "sum")
            .Node("Add", ["sum", "hidden"], "residual")
            .Node("LayerNormalization", ["residual", "g"], "norm", Is("axis", -1))
            .Node("ReduceMean", ["norm"], "mean", Has("axes", -1))
            .Node("Sub", ["norm", "mean"], "centred")
            .Node("MatMul", ["centred", "w2"], "dense")
            .Node("Tanh", ["dense"], "last")
            .Classify("last");

        await ShouldAnswerAlike(graph, spares: true);
    }

    /// <summary>Attention stands between two products: the first works on packed tokens, what is behind it on the first ones alone.</summary>
    [Fact]
    public Task Run_PositionsMixedBetweenProducts_ArePacked() => ShouldAnswerAlike(
        Dense().Weight("w2", 4, 4).Node("Softmax", ["dense"], "mixed", Is("axis", -1)).Node("MatMul", ["mixed", "w2"], "behind").Node("Add", ["behind", "dense"], "last").Classify("last"),
        spares: true,
        packs: true);

    /// <summary>With one product outside, padding would be mixed up with packed tokens in a run that is as long as before.</summary>
    [Fact]
    public Task Run_ProductThatIsNotUnderstood_KeepsThePadding() => ShouldAnswerAlike(
        Dense().Weight("w3", 1, 4, 4).Weight("w2", 4, 4).Node("MatMul", ["dense", "w3"], "odd").Node("MatMul", ["odd", "w2"], "last").Classify("last"), spares: true, packs: false);

    [Fact]
    public Task Run_NothingToSpareBeforeTheChoice_IsLeftAlone() => ShouldAnswerAlike(GraphFile.WithEmbedding().Classify("hidden"), spares: false);

    [Fact]
    public Task Run_AnotherPosition_IsLeftAlone() => ShouldAnswerAlike(Dense().Classify("dense", position: 1), spares: false);

    /// <summary>A mean over all positions counts the padding: what stands there must stay.</summary>
    [Fact]
    public Task Run_AnswerReadsThePadding_IsLeftAlone() =>
        ShouldAnswerAlike(Dense().Node("ReduceMean", ["dense"], "mean", Has("axes", 1)).Node("Mul", ["dense", "mean"], "scaled").Classify("scaled"), spares: false);

    /// <summary>A sum over positions is no row-wise operator, so nothing before it is spared, nor what stands beside it.</summary>
    [Fact]
    public Task Run_PositionsMixedBehindTheProduct_IsLeftAlone() => ShouldAnswerAlike(Dense().Node("Softmax", ["dense"], "mixed", Is("axis", 1)).Classify("mixed"), spares: false);

    /// <summary>A table with a row for each position has no first row of a text.</summary>
    [Fact]
    public Task Run_ConstantWithARowForEachPosition_EndsTheRegion() =>
        ShouldAnswerAlike(Dense().Weight("rows", 8, 4).Node("Add", ["dense", "rows"], "placed").Classify("placed"), spares: false, shortest: 8);

    /// <summary>What the rules let through and the shapes do not: the trial at the start finds it, and the graph is run as it is.</summary>
    [Fact]
    public Task Run_ValueWithoutTexts_IsFoundByTheTrial()
    {
        var graph = GraphFile.WithEmbedding()
            .Weight("w1", 4, 4)
            .Node("ReduceMax", ["hidden"], "row", Has("axes", 0), Is("keepdims", 0))
            .Node("Mul", ["hidden", "row"], "scaled")
            .Node("MatMul", ["scaled", "w1"], "dense")
            .Classify("dense");

        TryApply(graph.Bytes()).ShouldBe(true);
        return ShouldAnswerAlike(graph, spares: false);
    }

    [Fact]
    public void TryApply_GraphWithinANode_IsLeftAlone() => TryApply(Dense().NodeWithGraph("hidden", "unused").Classify("dense").Bytes()).ShouldBeNull();

    [Fact]
    public void TryApply_WeightsInAnotherFile_IsLeftAlone() => TryApply(Dense().WeightElsewhere("far").Classify("dense").Bytes()).ShouldBeNull();

    [Fact]
    public void TryApply_EmptyFile_IsLeftAlone() => TryApply([]).ShouldBeNull();

    /// <summary>As one without permission: that it cannot be read is ONNX Runtime's to say, in one line.</summary>
    [Fact]
    public void TryApply_FileThatCannotBeOpened_IsLeftAlone()
    {
        var path = Path.Combine(_folder, "locked.onnx");
        File.WriteAllBytes(path, Dense().Classify("dense").Bytes());
        using var locked = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        TextPacking.TryApply(path, "logits").ShouldBeNull();
    }

    /// <summary>Whatever is in a file, it is read or left alone.</summary>
    [Fact]
    public void TryApply_DamagedFiles_AreLeftAloneOrRead()
    {
        var random = new Random(3);
        var whole = Dense().Classify("dense").Bytes();
        for (var i = 0; i < 2_000; i++)
        {
            var damaged = whole[..random.Next(1, whole.Length + 1)];
            for (var changes = random.Next(4); changes > 0; changes--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            Should.NotThrow(() => TryApply(damaged));
        }
    }

    private static GraphFile Dense() => GraphFile.WithEmbedding().Weight("w1", 4, 4).Node("MatMul", ["hidden", "w1"], "dense");

    /// <summary>Batches of texts of unlike lengths.</summary>
    private static IEnumerable<TokenBatch> Batches(int seed, int highestId, int shortest = 3, int longest = 60)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20; i++)
        {
            yield return TokenBatch.Of(
                padId: 0, Enumerable.Range(0, random.Next(1, 17)).Select(_ => Enumerable.Range(0, random.Next(shortest, longest)).Select(_ => random.Next(1, highestId)).ToArray()));
        }
    }

    private static Dictionary<string, float[]> RunAsItIs(InferenceSession session, TokenBatch batch)
    {
        long[] shape = [batch.Rows, batch.Columns];
        string[] names = [.. session.InputNames];
        var inputs = Array.ConvertAll(names, name => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, name == "input_ids" ? batch.Ids : batch.Mask, shape));
        using var options = new RunOptions();
        using var outputs = session.Run(options, names, inputs, session.OutputNames);
        Array.ForEach(inputs, input => input.Dispose());
        return session.OutputNames.Zip(outputs).ToDictionary(pair => pair.First, pair => pair.Second.GetTensorDataAsSpan<float>().ToArray());
    }

    private async Task ShouldAnswerAlike(GraphFile graph, bool spares, int shortest = 3, bool? packs = null)
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), """{"model_type": "bert", "id2label": {"0": "a", "1": "b"}, "max_position_embeddings": 64}""");
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), graph.Bytes());
        var folder = ModelFolder.Open(_folder, null);
        using var model = await OnnxModel.LoadAsync(folder.OnnxPath, folder, intraOpThreads: 1);
        using var asItIs = new InferenceSession(folder.OnnxPath);

        model.SparesPositions.ShouldBe(spares);
        model.PacksTexts.ShouldBe(packs ?? model.PacksTexts);
        foreach (var batch in Batches(seed: 4, highestId: 15, shortest, longest: 9))
        {
            var expected = RunAsItIs(asItIs, batch)["logits"];
            model.Run(batch, withEmbedding: false).Logits.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-6);
        }
    }

    private bool? TryApply(byte[] file)
    {
        var path = Path.Combine(_folder, "damaged.onnx");
        File.WriteAllBytes(path, file);
        using var packed = TextPacking.TryApply(path, "logits");
        return packed is null ? null : true;
    }
}
