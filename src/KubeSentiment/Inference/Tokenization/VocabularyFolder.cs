namespace KubeSentiment.Inference.Tokenization;

/// <summary>Reads what tokenizer.json would tell from a folder that has only vocabulary files and their settings.</summary>
internal static class VocabularyFolder
{
    /// <summary>The special tokens, by their roles and the family's names for them, that the vocabulary holds.</summary>
    public static AddedToken[] AddedTokens(TokenizerFolder folder, TokenTable table, params (string Role, string FamilyDefault)[] roles)
    {
        RefuseUnreadAdditions(folder, table);
        return
        [
            .. roles
                .Select(role => folder.AddedToken(role.Role, role.FamilyDefault))
                .DistinctBy(token => token.Content)
                .Where(token => table.Ids.ContainsKey(token.Content))
                .Select(token => token with { Id = table.Ids[token.Content] }),
        ];
    }

    /// <summary>Tokens that were added after training live in files of their own, in which how they match is not always told.</summary>
    private static void RefuseUnreadAdditions(TokenizerFolder folder, TokenTable table)
    {
        var additions = folder.Json("added_tokens.json");
        if (additions?.Members().FirstOrDefault(member => !table.Ids.ContainsKey(member.Name)).Name is { } first)
        {
            throw ModelFolderException.For(
                additions.Value.File,
                $"adds \"{first}\" to a vocabulary without a tokenizer.json",
                "save the tokenizer again with save_pretrained of a fast tokenizer, which writes one");
        }
    }
}
