using System.Security.Cryptography;
using KubeSentiment.Inference.Graphs;

namespace KubeSentiment.Inference;

/// <summary>
/// The version of a model: a hash of what decides an answer, which is its files and, where two graphs answer, the rule by which they share the texts. It is in every answer, in every cache key and in the metrics, so that two models
/// can never be taken for one another, whatever their folders are called.
/// </summary>
internal static class ModelFingerprint
{
    /// <summary>64 bits: enough to tell apart all the models that a fleet will ever see, short enough to read aloud.</summary>
    private const int HexDigits = 16;

    private static readonly string[] DecidingFiles =
        ["config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json", "merges.txt", "special_tokens_map.json"];

    /// <summary>Hashes name, length and bytes of each file, so that moving bytes from one file to another shows.</summary>
    /// <returns>16 lower-case hexadecimal digits.</returns>
    /// <exception cref="ModelFolderException">A graph names files of weights that are missing, or not in its folder.</exception>
    public static string Compute(ModelFolder folder, CascadeRule? rule)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in DecidingFiles)
        {
            Append(hash, file, Path.Combine(folder.Path, file));
        }

        AppendGraph(hash, folder.OnnxPath);
        if (rule is not null)
        {
            // The floor is not in it: what is answered below the threshold is not remembered.
            AppendGraph(hash, folder.FastPath!);
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(FormattableString.Invariant($"cascade:{rule.Threshold}:{rule.MaxTokens}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..HexDigits];
    }

    private static void AppendGraph(IncrementalHash hash, string path)
    {
        Append(hash, "graph", path);
        foreach (var weights in WeightFiles.Of(path))
        {
            Append(hash, "weights", weights);
        }
    }

    private static void Append(IncrementalHash hash, string name, string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var stream = File.OpenRead(path);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{name}:{stream.Length}\n"));
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer.AsSpan(0, read));
        }
    }
}
