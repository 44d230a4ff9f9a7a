using System.Runtime.CompilerServices;
using System.Text.Json;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Reads a JSON object a line; blank lines are no rows.</summary>
/// <remarks>The columns are the members of the first objects (<see cref="PeekedRows"/>). An object goes to JSON lines as it stands; other formats leave out members that come up only later.</remarks>
internal sealed class JsonLinesReader : ITableReader
{
    /// <summary>Rows that are looked at for their columns.</summary>
    public const int PeekedRows = 100;

    private readonly TableInput _input;
    private readonly LineSource _lines;
    private readonly Queue<string> _peeked = new();
    private readonly Dictionary<string, int> _places = [];
    private readonly HashSet<string> _reserved = [];
    private readonly int _text;

    public JsonLinesReader(TableInput input, TableSettings settings)
    {
        _input = input;
        _lines = new LineSource(new Utf8TextReader(input.Content));
        List<TableColumn> columns = [];
        while (_peeked.Count < PeekedRows && NextLine() is { } line)
        {
            _peeked.Enqueue(line);
            foreach (var name in NamesIn(line).Where(name => _places.TryAdd(name, columns.Count)))
            {
                columns.Add(new TableColumn(name));
            }
        }

        // Its members may stand on lines of their own, and the last one has no comma behind it.
        if (_peeked.TryPeek(out var first) && first.Trim() is var start && (start == "[" || (columns.Count == 0 && start.StartsWith('['))))
        {
            throw CommandException.Files(
                $"{input.Name} is a JSON array and not an object a line. Write it so, for instance: jq -c '.[]' FILE | kubesentiment score --input-format jsonl -.");
        }

        if (columns.Count == 0)
        {
            // Nothing to learn from: broken lines keep their place all the same.
            columns.Add(new TableColumn(settings.Column));
            _places[settings.Column] = 0;
        }

        Columns = columns;
        _text = RowTexts.Find(columns, settings.Column);
    }

    public IReadOnlyList<TableColumn> Columns { get; }

    public double? Share => _input.Share;

    /// <summary>Says what will be written behind each object. One that brings such a member, when it was no column, is a bad row: it would have two of one name.</summary>
    public void Reserve(IEnumerable<TableColumn> added) => _reserved.UnionWith(added.Select(column => column.Name));

    public async IAsyncEnumerable<TableRow> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while ((_peeked.TryDequeue(out var line) ? line : NextLine()) is { } next)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Row(next);
        }
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        return ValueTask.CompletedTask;
    }

    private TableRow Row(string line)
    {
        if (!EscapedText.IsWhole(line))
        {
            return Broken(line, RowTexts.NotUtf8);
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return Broken(line, "not a JSON object");
            }

            return Row(document.RootElement, line.Trim());
        }
        catch (JsonException e)
        {
            return Broken(line, $"not valid JSON at byte {e.BytePositionInLine}");
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800, which is half a character.
            return Broken(line, "not valid Unicode");
        }
    }

    private TableRow Row(JsonElement row, string json)
    {
        var fields = new string?[Columns.Count];
        var kind = JsonValueKind.Undefined;
        foreach (var member in row.EnumerateObject())
        {
            if (_places.TryGetValue(member.Name, out var place))
            {
                fields[place] = ValueOf(member.Value);
                kind = place == _text ? member.Value.ValueKind : kind;
            }
            else if (_reserved.Contains(member.Name))
            {
                return Broken(json, $"has a member '{member.Name}', as its results do: choose another beginning for theirs with --prefix");
            }
        }

        return kind is JsonValueKind.String or JsonValueKind.Null or JsonValueKind.Undefined
            ? RowTexts.Of(fields, _text, json)
            : new TableRow(fields, null, $"the text is {(kind is JsonValueKind.True or JsonValueKind.False ? "a boolean" : kind == JsonValueKind.Number ? "a number" : "no plain value")}") { Json = json };
    }

    /// <summary>A broken line stands where the text would.</summary>
    private TableRow Broken(string line, string fault)
    {
        var fields = new string?[Columns.Count];
        fields[_text] = line;
        return new TableRow(fields, null, fault);
    }

    private string? NextLine()
    {
        while (_lines.Next() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                return line;
            }
        }

        return null;
    }

    private static List<string> NamesIn(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object ? [.. document.RootElement.EnumerateObject().Select(member => member.Name)] : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return [];
        }
    }

    private static string? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };
}
