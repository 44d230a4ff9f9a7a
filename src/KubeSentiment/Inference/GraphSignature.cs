using KubeSentiment.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace KubeSentiment.Inference;

/// <summary>What a graph must take and give, checked when it is opened: each of these would otherwise fail all texts, one by one.</summary>
internal static class GraphSignature
{
    /// <summary>The output that answers.</summary>
    public const string Logits = "logits";

    /// <summary>What to do about a graph that is another.</summary>
    public const string Remedy = "export the model with free axes for the task text-classification, as optimum-cli export onnx does";

    /// <summary>Checks names, types and axes of a session's inputs, and of its logits.</summary>
    /// <exception cref="ModelFolderException">One is another; the message names it.</exception>
    public static void Check(InferenceSession session, string path)
    {
        var inputs = session.InputMetadata.Where(input => !IsAdded(input.Key)).ToList();
        if (!inputs.Exists(input => input.Key == "input_ids") || inputs.Exists(input => input.Key is not ("input_ids" or "attention_mask" or "token_type_ids")))
        {
            throw new ModelFolderException(
                $"'{path}' wants the inputs {string.Join(", ", inputs.Select(input => input.Key))}; supported are input_ids, attention_mask and token_type_ids: {Remedy}.");
        }

        foreach (var (name, input) in inputs)
        {
            if (input.ElementDataType != TensorElementType.Int64)
            {
                throw new ModelFolderException($"'{path}' wants {name} as {input.ElementDataType}; texts are given as Int64: {Remedy}.");
            }

            // None: the graph does not say. One text at a time is slow and right: a batch that fails is run text by text.
            if (input.Dimensions is not ([] or [< 0 or 1, < 0]))
            {
                var axes = string.Join(", ", input.Dimensions.Select(size => size < 0 ? "any" : $"{size}"));
                throw new ModelFolderException($"'{path}' takes {name} of [{axes}]; texts come as [any, any], in any number and length: {Remedy}.");
            }
        }

        if (!session.OutputMetadata.TryGetValue(Logits, out var logits))
        {
            throw new ModelFolderException($"'{path}' has no output '{Logits}' but {string.Join(", ", session.OutputMetadata.Keys)}: {Remedy}.");
        }

        if (logits.ElementDataType != TensorElementType.Float)
        {
            throw new ModelFolderException($"'{path}' gives {Logits} as {logits.ElementDataType}; they must be in single precision (Float): export the model with outputs in it.");
        }
    }

    private static bool IsAdded(string name) =>
        name is TextPacking.Pack or TextPacking.Unpack or TextPacking.PackRead or TextPacking.ChooseRead or TextPacking.UnpackRead;
}
