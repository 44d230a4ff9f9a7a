namespace KubeSentiment.Inference.Tokenization;

/// <summary>A vocabulary as read from a file: token to id, checked to be one to one.</summary>
internal sealed class TokenTable
{
    private readonly Dictionary<string, int> _ids;
    private readonly string _file;

    private TokenTable(string file, Dictionary<string, int> ids)
    {
        _file = file;
        _ids = ids;
    }

    public IReadOnlyDictionary<string, int> Ids => _ids;

    /// <summary>One token a line, its id the number of lines before it.</summary>
    public static TokenTable FromLines(string file, string[] lines) =>
        Build(file, lines.Select((line, index) => (line, index)), lines.Length);

    /// <summary>A JSON object of token to id.</summary>
    public static TokenTable FromMembers(JsonSection vocabulary)
    {
        var members = vocabulary.Members().Select(member => (
            member.Name,
            JsonSection.WholeNumber(member.Value) is { } id and >= 0
                ? id
                : throw vocabulary.Refuse(member.Name, "has no id", JsonSection.CopyAgain)));
        return Build(vocabulary.File, members, 0);
    }

    public static TokenTable Build(string file, IEnumerable<(string Token, int Id)> tokens, int capacity)
    {
        var ids = new Dictionary<string, int>(capacity);
        var tokenOf = new Dictionary<int, string>(capacity);
        foreach (var (token, id) in tokens)
        {
            if (!ids.TryAdd(token, id))
            {
                throw ModelFolderException.For(file, $"holds the token \"{token}\" twice (ids {ids[token]} and {id})", JsonSection.CopyAgain);
            }

            if (!tokenOf.TryAdd(id, token))
            {
                throw ModelFolderException.For(file, $"gives id {id} to both \"{tokenOf[id]}\" and \"{token}\"", JsonSection.CopyAgain);
            }
        }

        if (ids.Count == 0)
        {
            throw ModelFolderException.For(file, "holds no token", JsonSection.CopyAgain);
        }

        return new TokenTable(file, ids);
    }

    /// <summary>The id of a token that the model cannot do without.</summary>
    public int Required(string token, string role) => _ids.TryGetValue(token, out var id)
        ? id
        : throw ModelFolderException.For(
            _file,
            $"lacks the {role} \"{token}\"",
            "copy the tokenizer files of this model again, or name the token in tokenizer_config.json");

    public ModelFolderException Refuse(string problem, string remedy) => ModelFolderException.For(_file, problem, remedy);

    /// <summary>Refuses ids that the model has no embedding for: they would read beyond its table.</summary>
    public void CheckFits(JsonSection? model, IEnumerable<int> addedIds)
    {
        if (model?.Number("vocab_size") is not { } size)
        {
            return;
        }

        var largest = _ids.Values.Concat(addedIds).Max();
        if (largest >= size)
        {
            throw ModelFolderException.For(
                _file,
                $"has token id {largest}, but config.json says that the model knows only {size} tokens",
                "use the tokenizer files and the model that were saved together");
        }
    }

    /// <summary>Refuses a second file that tells another vocabulary: one of them belongs to another model.</summary>
    public void CheckEquals(TokenTable other)
    {
        if (_ids.Count != other._ids.Count || _ids.Any(token => !other._ids.TryGetValue(token.Key, out var id) || id != token.Value))
        {
            throw ModelFolderException.For(
                other._file,
                $"({other._ids.Count} tokens) disagrees with {Path.GetFileName(_file)} ({_ids.Count} tokens)",
                "remove the file that does not belong to this model");
        }
    }
}
