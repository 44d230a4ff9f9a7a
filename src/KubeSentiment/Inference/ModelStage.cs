namespace KubeSentiment.Inference;

/// <summary>Which of a folder's graphs speaks.</summary>
internal enum ModelStage
{
    /// <summary><c>model.onnx</c>.</summary>
    Full,

    /// <summary><c>fast.onnx</c>.</summary>
    Fast,
}
