using System.CommandLine;

namespace KubeSentiment.Bench.Texts;

/// <summary>The options that choose texts, the same for every verb that replays them.</summary>
internal sealed class TextOptions
{
    private readonly Option<FileInfo> _texts = new("--texts") { Description = "Plain lines or a .tsv with a header, either with .gz.", Required = true };

    private readonly Option<string> _column = new("--column") { Description = "The column of a .tsv.", DefaultValueFactory = _ => "text" };

    private readonly Option<int> _skip = new("--skip") { Description = "Leave out so many texts at the start." };

    private readonly Option<int?> _limit = new("--limit") { Description = "Take only so many texts." };

    private readonly Option<bool> _distinct = new("--distinct") { Description = "Leave out texts that came before." };

    public void AddTo(Command command)
    {
        command.Options.Add(_texts);
        command.Options.Add(_column);
        command.Options.Add(_skip);
        command.Options.Add(_limit);
        command.Options.Add(_distinct);
    }

    public List<string> Read(ParseResult parsed)
    {
        var skip = parsed.GetValue(_skip);
        var texts = TextFile.Read(
            parsed.GetRequiredValue(_texts), parsed.GetRequiredValue(_column), parsed.GetValue(_limit) + skip, parsed.GetValue(_distinct));
        return texts.Count > skip ? texts[skip..] : throw new InvalidDataException($"There are only {texts.Count} texts: none is left after --skip.");
    }
}
