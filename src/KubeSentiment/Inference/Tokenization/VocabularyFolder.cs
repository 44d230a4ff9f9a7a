namespace KubeSentiment.Inference.Tokenization;

/// <summary>Guards for folders that hold vocabulary files but no tokenizer.json.</summary>
internal static class VocabularyFolder
{
    /// <summary>Tokens added after training live in a file of their own, in which how they match is not told.</summary>
    public static void RefuseUnreadAdditions(TokenizerFolder folder)
    {
        if (folder.Json("added_tokens.json") is { } additions && additions.Members().Any())
        {
            throw ModelFolderException.For(
                additions.File, "adds tokens to a vocabulary without a tokenizer.json", "save the tokenizer with save_pretrained, which writes one");
        }
    }
}
