using KubeSentiment.Inference;
using KubeSentiment.Tests.Inference.Graphs;

namespace KubeSentiment.Tests.Inference;

/// <summary>What a model folder must hold, and what a person is told when it does not.</summary>
public sealed class ModelFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubesentiment-model-");

    public ModelFolderTests()
    {
        foreach (var file in Directory.EnumerateFiles(Models.Tiny("tiny-distilbert-cased")))
        {
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Open_BuiltInModel_ReadsLabelsLimitsAndName()
    {
        var folder = ModelFolder.Open(Models.BuiltIn, name: null);

        folder.Name.ShouldBe("sentiment");
        folder.ModelType.ShouldBe("bert");
        folder.Labels.ShouldBe(["NEGATIVE", "NEUTRAL", "POSITIVE"]);
        folder.MaxTokens.ShouldBe(512);
    }

    [Fact]
    public void Open_RelativePath_IsFoundBesideTheProgram() =>
        ModelFolder.Open("models/sentiment", name: "mine").ShouldSatisfyAllConditions(
            folder => folder.Path.ShouldBe(Models.BuiltIn), folder => folder.Name.ShouldBe("mine"));

    [Theory]
    [InlineData("tiny-roberta", 128)]
    [InlineData("tiny-distilbert-cased", 64)]
    [InlineData("tiny-xlm-roberta", 128)]
    public void Open_OtherFamilies_LimitLeavesTheReservedPositionsOut(string name, int limit) =>
        ModelFolder.Open(Models.Tiny(name), name: null).MaxTokens.ShouldBe(limit);

    [Fact]
    public void Open_NoSuchFolder_SaysWhereItLooked() =>
        Refusal(Path.Combine(_folder.FullName, "nowhere")).ShouldContain("nowhere' does not exist. Point MLOPS_ONNX_MODEL_PATH");

    [Fact]
    public void Open_NoConfig_NamesTheFile()
    {
        Remove("config.json");
        Refusal().ShouldContain("config.json' is missing");
    }

    [Fact]
    public void Open_NoGraph_NamesTheCandidates()
    {
        Remove("model.onnx");
        Refusal().ShouldContain("model.onnx, onnx/model_quantized.onnx, onnx/model.onnx");
    }

    [Fact]
    public void Open_GraphOfAnotherName_SaysHowToCallIt()
    {
        File.Move(Path.Combine(_folder.FullName, "model.onnx"), Path.Combine(_folder.FullName, "model_optimized.onnx"));
        Refusal().ShouldEndWith("If model_optimized.onnx is the one, call it model.onnx.");
    }

    [Fact]
    public void Open_GraphInOnnxFolder_IsFound()
    {
        _folder.CreateSubdirectory("onnx");
        File.Move(Path.Combine(_folder.FullName, "model.onnx"), Path.Combine(_folder.FullName, "onnx", "model_quantized.onnx"));
        ModelFolder.Open(_folder.FullName, null).OnnxPath.ShouldEndWith("model_quantized.onnx");
    }

    [Theory]
    [InlineData("{\"model_type\":", "is damaged: it is not JSON")]
    [InlineData("[]", "does not name a model_type")]
    [InlineData("{\"id2label\":{\"0\":\"A\",\"1\":\"B\"},\"max_position_embeddings\":64}", "does not name a model_type")]
    [InlineData("{\"model_type\":\"bert\",\"max_position_embeddings\":64}", "has no id2label")]
    [InlineData("{\"model_type\":\"bert\",\"problem_type\":\"multi_label_classification\"}", "has the problem_type 'multi_label_classification', but a text gets one label of several here")]
    [InlineData("{\"model_type\":\"bert\",\"problem_type\":\"regression\"}", "has the problem_type 'regression'")]
    [InlineData("{\"model_type\":\"bert\",\"id2label\":{\"0\":1,\"1\":2}}", "labels, as texts, numbered from 0")]
    [InlineData("{\"model_type\":\"bert\",\"id2label\":{\"0\":\"A\",\"2\":\"B\"},\"max_position_embeddings\":64}", "numbered from 0 without a gap")]
    [InlineData("{\"model_type\":\"bert\",\"id2label\":{\"0\":\"A\",\"1\":\"A\"},\"max_position_embeddings\":64}", "different labels")]
    [InlineData("{\"model_type\":\"bert\",\"id2label\":{\"0\":\"A\",\"1\":\"B\"}}", "max_position_embeddings")]
    [InlineData("{\"model_type\":\"bert\",\"id2label\":{\"0\":\"A\",\"1\":\"B\"},\"max_position_embeddings\":1.5}", "max_position_embeddings")]
    public void Open_DamagedConfig_SaysWhatIsWrong(string config, string expected)
    {
        Write("config.json", config);
        Refusal().ShouldContain(expected);
    }

    [Fact]
    public void Load_DamagedGraph_NamesTheFile()
    {
        Write("model.onnx", "not a graph");
        Should.Throw<ModelFolderException>(() => Models.Load(_folder.FullName)).Message.ShouldContain("model.onnx' is damaged or not a graph");
    }

    [Fact]
    public void Load_LabelsOfAnotherModel_AreRefused()
    {
        var config = File.ReadAllText(Path.Combine(_folder.FullName, "config.json"));
        Write("config.json", config.Replace("\"1\": \"POSITIVE\"", "\"1\": \"POSITIVE\", \"2\": \"NEUTRAL\"", StringComparison.Ordinal));
        Should.Throw<ModelFolderException>(() => Models.Load(_folder.FullName)).Message.ShouldContain("answers 2 logits but id2label in config.json names 3 labels");
    }

    [Fact]
    public void Fingerprint_AnyDecidingFileChanges_Changes()
    {
        var before = Fingerprint();
        before.ShouldMatch("^[0-9a-f]{16}$");
        Fingerprint().ShouldBe(before);

        var seen = new HashSet<string> { before };
        foreach (var file in new[] { "vocab.txt", "tokenizer.json", "tokenizer_config.json", "config.json", "model.onnx" })
        {
            File.AppendAllText(Path.Combine(_folder.FullName, file), "\n");
            seen.Add(Fingerprint()).ShouldBeTrue(file);
        }
    }

    /// <summary>A retrained model may differ in these alone, and its answers must not be taken for the old one's.</summary>
    [Theory]
    [InlineData("model.onnx_data")]
    [InlineData("weights.bin")]
    public void Fingerprint_WeightsBesideTheGraphChange_Changes(string file)
    {
        File.WriteAllBytes(Path.Combine(_folder.FullName, "model.onnx"), GraphFile.WithEmbedding().WeightElsewhere("classifier", file).Bytes());
        Write(file, "weights");
        var before = Fingerprint();

        Write(file, "WEIGHTS");

        Fingerprint().ShouldNotBe(before);
    }

    [Fact]
    public void Load_WeightsOutsideOfTheFolder_AreRefusedByName()
    {
        File.WriteAllBytes(Path.Combine(_folder.FullName, "model.onnx"), GraphFile.WithEmbedding().WeightElsewhere("classifier", "../weights").Bytes());
        Should.Throw<ModelFolderException>(() => Models.Load(_folder.FullName)).Message.ShouldContain("model.onnx' keeps weights in '../weights', which is not in its folder");
    }

    private string Fingerprint() => ModelFingerprint.Compute(ModelFolder.Open(_folder.FullName, name: null), rule: null);

    private string Refusal(string? path = null) => Should.Throw<ModelFolderException>(() => ModelFolder.Open(path ?? _folder.FullName, name: null)).Message;

    private void Remove(string file) => File.Delete(Path.Combine(_folder.FullName, file));

    private void Write(string file, string content) => File.WriteAllText(Path.Combine(_folder.FullName, file), content);
}
