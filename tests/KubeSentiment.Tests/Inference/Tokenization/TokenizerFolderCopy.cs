using System.Text.Json.Nodes;
using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference.Tokenization;

/// <summary>A copy of a model's tokenizer files that a test may damage.</summary>
internal sealed class TokenizerFolderCopy : IDisposable
{
    private static readonly string[] Names =
        ["config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json", "merges.txt"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokenizer");

    public TokenizerFolderCopy(string model)
    {
        foreach (var file in Names.Select(name => Path.Combine(GoldenTexts.FolderOf(model), name)).Where(File.Exists))
        {
            File.Copy(file, FileNamed(Path.GetFileName(file)));
        }
    }

    public string FileNamed(string name) => Path.Combine(_folder.FullName, name);

    public TokenizerFolderCopy Without(params string[] names)
    {
        Array.ForEach(names, name => File.Delete(FileNamed(name)));
        return this;
    }

    public TokenizerFolderCopy With(string name, string content)
    {
        File.WriteAllText(FileNamed(name), content);
        return this;
    }

    public TokenizerFolderCopy Edit(string name, Action<JsonNode> edit)
    {
        var json = JsonNode.Parse(File.ReadAllText(FileNamed(name)))!;
        edit(json);
        return With(name, json.ToJsonString());
    }

    public TokenizerFolderCopy EditLines(string name, Action<List<string>> edit)
    {
        var lines = File.ReadAllLines(FileNamed(name)).ToList();
        edit(lines);
        File.WriteAllLines(FileNamed(name), lines);
        return this;
    }

    public ITokenizer Load() => GoldenTexts.Load(_folder.FullName);

    /// <summary>Loads, expecting a refusal: one sentence that holds each of the words.</summary>
    public void ShouldBeRefused(params string[] words)
    {
        var message = Should.Throw<ModelFolderException>(Load).Message;

        message.ShouldEndWith(".");
        Array.ForEach(words, word => message.ShouldContain(word));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
