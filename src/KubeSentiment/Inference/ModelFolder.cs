using System.Text.Json;

namespace KubeSentiment.Inference;

/// <summary>A model in the Hugging Face layout, checked and read: what it is called, what it answers, how long a text may be and where its graph lies.</summary>
/// <param name="Path">The folder, absolute.</param>
/// <param name="Name">How answers and metrics call the model.</param>
/// <param name="ModelType">Hugging Face's <c>model_type</c>: bert, distilbert, roberta, xlm-roberta.</param>
/// <param name="Labels">The labels in the order of the logits.</param>
/// <param name="MaxTokens">Longest input, special tokens included.</param>
/// <param name="OnnxPath">The graph.</param>
internal sealed record ModelFolder(
    string Path, string Name, string ModelType, IReadOnlyList<string> Labels, int MaxTokens, string OnnxPath)
{
    /// <summary>The graph that answers the easy texts.</summary>
    private const string FastFile = "fast.onnx";

    /// <summary>Where exporters put the graph, in the order in which they are tried: a quantized one is smaller and faster.</summary>
    private static readonly string[] OnnxFiles = ["model.onnx", "onnx/model_quantized.onnx", "onnx/model.onnx"];

    /// <summary>A second, faster graph with the same tokenizer and labels; null where the folder has none.</summary>
    public string? FastPath { get; init; }

    /// <summary>Reads and checks a folder.</summary>
    /// <exception cref="ModelFolderException">A file is missing or damaged; the message names it.</exception>
    public static ModelFolder Open(string path, string? name)
    {
        var folder = Locate(path);
        var config = ReadConfig(System.IO.Path.Combine(folder, "config.json"));
        var onnx = OnnxFiles.Select(file => System.IO.Path.Combine(folder, file)).FirstOrDefault(File.Exists)
            ?? throw NoGraph(folder);

        var fast = System.IO.Path.Combine(folder, FastFile);
        return new ModelFolder(
            folder,
            string.IsNullOrWhiteSpace(name) ? new DirectoryInfo(folder).Name : name,
            config.ModelType,
            config.Labels,
            Math.Min(config.MaxTokens, TokenizerLimit(folder)),
            onnx)
        {
            FastPath = File.Exists(fast) ? fast : null,
        };
    }

    /// <summary>A relative path means the working directory first, then the program's own folder, so that the built-in model is found from anywhere.</summary>
    private static string Locate(string path)
    {
        string[] candidates = [System.IO.Path.GetFullPath(path), System.IO.Path.GetFullPath(path, AppContext.BaseDirectory)];
        return candidates.FirstOrDefault(Directory.Exists)
            ?? throw new ModelFolderException(
                $"The model folder '{candidates[0]}' does not exist. Point MLOPS_ONNX_MODEL_PATH to a folder with config.json, tokenizer files and model.onnx.");
    }

    private static ModelFolderException NoGraph(string folder)
    {
        var other = new[] { folder, System.IO.Path.Combine(folder, "onnx") }.Where(Directory.Exists)
            .SelectMany(place => Directory.EnumerateFiles(place, "*.onnx").Order()).Select(file => System.IO.Path.GetRelativePath(folder, file)).FirstOrDefault();
        var remedy = other is null ? "Export the model to ONNX into it." : $"If {other} is the one, call it {OnnxFiles[0]}.";
        return new ModelFolderException($"The model folder '{folder}' has no graph: none of {string.Join(", ", OnnxFiles)} is there. {remedy}");
    }

    private static (string ModelType, IReadOnlyList<string> Labels, int MaxTokens) ReadConfig(string file)
    {
        using var document = ReadJson(file);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("model_type", out var type) || type.ValueKind != JsonValueKind.String)
        {
            throw new ModelFolderException($"'{file}' does not name a model_type. Copy config.json from the model that was exported.");
        }

        RefuseOtherProblems(root, file);
        var modelType = type.GetString()!;
        return (modelType, ReadLabels(root, file), ReadMaxTokens(root, modelType, file));
    }

    /// <summary>The scores of an answer are shares of one: of a model that gives each label a score by itself, or a number and no label, they would be wrong.</summary>
    private static void RefuseOtherProblems(JsonElement config, string file)
    {
        if (config.TryGetProperty("problem_type", out var problem) && problem.ValueKind == JsonValueKind.String
            && problem.GetString() is var kind and not "single_label_classification")
        {
            throw new ModelFolderException(
                $"'{file}' has the problem_type '{kind}', but a text gets one label of several here. Take a model that was trained for single_label_classification.");
        }
    }

    private static string[] ReadLabels(JsonElement config, string file)
    {
        if (!config.TryGetProperty("id2label", out var map) || map.ValueKind != JsonValueKind.Object)
        {
            throw new ModelFolderException(
                $"'{file}' has no id2label, so the answers would have no names. If the model classifies texts, add its labels in the order of its logits, such as "
                + "\"id2label\": {\"0\": \"NEGATIVE\", \"1\": \"POSITIVE\"}.");
        }

        var labels = new SortedDictionary<int, string>();
        foreach (var entry in map.EnumerateObject())
        {
            if (int.TryParse(entry.Name, out var id) && entry.Value.ValueKind == JsonValueKind.String)
            {
                labels[id] = entry.Value.GetString()!;
            }
        }

        if (labels.Count < 2 || !labels.Keys.SequenceEqual(Enumerable.Range(0, labels.Count)) || labels.Values.Distinct().Count() != labels.Count)
        {
            throw new ModelFolderException($"id2label in '{file}' must give two or more different labels, as texts, numbered from 0 without a gap.");
        }

        return [.. labels.Values];
    }

    /// <summary>RoBERTa numbers its positions from <c>pad_token_id + 1</c>, so that its table is two rows longer than its longest input.</summary>
    private static int ReadMaxTokens(JsonElement config, string modelType, string file)
    {
        if (WholeNumber(config, "max_position_embeddings") is not { } positions || positions < 8)
        {
            throw new ModelFolderException($"max_position_embeddings in '{file}' must be a whole number of at least 8.");
        }

        var padding = modelType is "roberta" or "xlm-roberta" ? WholeNumber(config, "pad_token_id") ?? 1 : -1;
        return positions - (padding + 1);
    }

    private static int? WholeNumber(JsonElement config, string name) =>
        config.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    /// <summary><c>model_max_length</c> of the tokenizer; exporters write 1e30 where there is none.</summary>
    private static int TokenizerLimit(string folder)
    {
        var file = System.IO.Path.Combine(folder, "tokenizer_config.json");
        if (!File.Exists(file))
        {
            return int.MaxValue;
        }

        using var document = ReadJson(file);
        return document.RootElement.ValueKind == JsonValueKind.Object && WholeNumber(document.RootElement, "model_max_length") is { } limit and >= 8 ? limit : int.MaxValue;
    }

    private static JsonDocument ReadJson(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return JsonDocument.Parse(stream);
        }
        catch (FileNotFoundException e)
        {
            throw new ModelFolderException($"'{file}' is missing. Copy it from the model that was exported.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFolderException($"'{file}' cannot be read: {e.Message} Check that the service may read it.", e);
        }
        catch (JsonException e)
        {
            throw new ModelFolderException($"'{file}' is damaged: it is not JSON (line {e.LineNumber + 1}). Copy it again from the model that was exported.", e);
        }
    }
}
