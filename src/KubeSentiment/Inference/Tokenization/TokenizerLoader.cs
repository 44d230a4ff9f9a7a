namespace KubeSentiment.Inference.Tokenization;

/// <summary>Chooses and builds the tokenizer that a model folder asks for, or refuses with a sentence that says why.</summary>
internal static class TokenizerLoader
{
    /// <summary>Builds the tokenizer from the files of a folder.</summary>
    /// <param name="folder">The model folder, in the Hugging Face layout.</param>
    /// <param name="modelType">"model_type" of config.json.</param>
    /// <param name="maxTokens">The model's limit, special tokens included; at least 3.</param>
    /// <exception cref="ModelFolderException">A file is missing, damaged, contradicts another, or asks for what is not supported.</exception>
    public static ITokenizer Load(string folder, string modelType, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 3);
        if (!PinnedNormalization.IsAvailable)
        {
            throw new ModelFolderException(
                $"{folder} needs Unicode normalization, which this runtime does not have: unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT and install ICU.");
        }

        using var files = new TokenizerFolder(folder);
        return modelType switch
        {
            "bert" or "distilbert" => WordPieceFiles.Load(files, maxTokens),
            _ => throw ModelFolderException.For(
                files.FileNamed("config.json"),
                $"names the model type \"{modelType}\", which has no tokenizer here",
                "supported are bert and distilbert (WordPiece)"),
        };
    }
}
