using KubeSentiment.Inference;
using KubeSentiment.Tests.Api;

namespace KubeSentiment.Tests.Inference;

/// <summary>What a person is told whose fast graph does not belong to the folder.</summary>
public sealed class FastGraphTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubesentiment-fast-");

    public FastGraphTests()
    {
        foreach (var file in Directory.EnumerateFiles(Models.Tiny("tiny-distilbert-cased")))
        {
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
        }
    }

    private string Fast => Path.Combine(_folder.FullName, "fast.onnx");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Load_OtherLabels_NamesFileAndRemedy()
    {
        File.Copy(Path.Combine(Models.BuiltIn, "fast.onnx"), Fast);

        var message = Refusal(_folder.FullName);

        message.ShouldContain("fast.onnx' answers 3 logits but id2label in config.json names 2 labels");
        message.ShouldEndWith("Take fast.onnx out of the folder, or set MLOPS_CASCADE_ENABLED=false, to have the full model answer alone.");
    }

    [Fact]
    public void Load_OtherVocabulary_SaysWhatItFailsOn()
    {
        using var model = new BreakableModel();
        File.Copy(Path.Combine(model.Folder, "model.onnx"), Path.Combine(model.Folder, "fast.onnx"));

        Refusal(model.Folder).ShouldContain("fast.onnx' does not read what the folder's tokenizer writes: it fails on 64 tokens");
    }

    [Fact]
    public void Load_NotAGraph_NamesTheFile()
    {
        File.WriteAllText(Fast, "not a graph");

        Refusal(_folder.FullName).ShouldContain("fast.onnx' is damaged or not a graph");
    }

    [Fact]
    public void Load_SwitchedOff_NeverLooksAtIt()
    {
        File.WriteAllText(Fast, "not a graph");

        using var model = Models.Load(_folder.FullName);

        model.Rule.ShouldBeNull();
    }

    [Fact]
    public void Fingerprint_FastGraphAndRule_AreInIt()
    {
        File.Copy(Path.Combine(_folder.FullName, "model.onnx"), Fast);
        var folder = ModelFolder.Open(_folder.FullName, name: null);
        var rule = new CascadeRule(0.8f, 0, null);
        var alone = ModelFingerprint.Compute(folder, rule: null);
        File.AppendAllText(Fast, "\n");
        ModelFingerprint.Compute(folder, rule: null).ShouldBe(alone);

        var seen = new HashSet<string> { alone };
        seen.Add(ModelFingerprint.Compute(folder, rule)).ShouldBeTrue();
        seen.Add(ModelFingerprint.Compute(folder, rule with { Threshold = 0.81f })).ShouldBeTrue();
        seen.Add(ModelFingerprint.Compute(folder, rule with { MaxTokens = 64 })).ShouldBeTrue();
        // What is kept below the threshold is never remembered.
        seen.Add(ModelFingerprint.Compute(folder, rule with { Floor = 0.5f })).ShouldBeFalse();
        File.AppendAllText(Fast, "\n");
        seen.Add(ModelFingerprint.Compute(folder, rule)).ShouldBeTrue();
    }

    private static string Refusal(string folder) => Should.Throw<ModelFolderException>(() => Models.LoadCascade(folder, new CascadeOptions())).Message;
}
