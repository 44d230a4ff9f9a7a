using System.Globalization;
using System.Runtime.CompilerServices;
using CsvHelper;
using CsvHelper.Configuration;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Reads CSV and TSV below a line of names.</summary>
/// <remarks>
/// A row with another number of fields than there are names is bad but keeps its place: missing fields are empty, and surplus ones stay in the last field, with their delimiters, so that
/// nothing is lost and the output is a table all the same.
/// </remarks>
internal sealed class DelimitedReader : ITableReader
{
    private readonly TableInput _input;
    private readonly CsvParser _parser;
    private readonly bool _quotes;
    private readonly string _delimiter;
    private readonly int _text;

    public DelimitedReader(TableInput input, TableSettings settings)
    {
        _input = input;
        _quotes = input.Format == TableFormat.Csv || settings.TsvQuotes;
        _delimiter = input.Format == TableFormat.Csv ? settings.Delimiter.ToString() : "\t";
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = _delimiter,
            Mode = _quotes ? CsvMode.RFC4180 : CsvMode.NoEscape,
            IgnoreBlankLines = false,
            BadDataFound = null,
            MaxFieldSize = LineSource.LongestLine,
        };
        if (!_quotes)
        {
            // As other tools cut TSV: a lone \r belongs to its field.
            configuration.NewLine = "\n";
        }

        _parser = new CsvParser(new Utf8TextReader(input.Content), configuration);
        if (!Advance())
        {
            throw CommandException.Files($"{input.Name} is empty: it has no line with the names of its columns.");
        }

        Columns = [.. Record().Select(name => new TableColumn(name))];
        if (Columns.Select(column => column.Name).Distinct().Count() < Columns.Count)
        {
            throw CommandException.Files($"{input.Name} has several columns of one name: {string.Join(", ", Columns.Select(column => $"'{column.Name}'"))}. Is its first line one of names?");
        }

        RefuseOtherDelimiter(settings.Column);
        _text = RowTexts.Find(Columns, settings.Column);
    }

    public IReadOnlyList<TableColumn> Columns { get; }

    public double? Share => _input.Share;

    public async IAsyncEnumerable<TableRow> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (Advance())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Row(Record());
        }
    }

    public ValueTask DisposeAsync()
    {
        _parser.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A single column with delimiters in its name: Excel writes semicolons in half of Europe, and "name one with --column" would lead astray.</summary>
    private void RefuseOtherDelimiter(string column)
    {
        if (Columns is [{ Name: var names }] && names != column && names.IndexOfAny([';', '\t', '|', ',']) is >= 0 and var at)
        {
            var option = names[at] switch { '\t' => "--input-format tsv", ',' => "--input-format csv", var delimiter => $"--input-format csv --delimiter '{delimiter}'" };
            throw CommandException.Usage($"{_input.Name} has one column only, '{names}'. If these are several, say what stands between them: {option}.");
        }
    }

    private TableRow Row(string[] record)
    {
        if (record.Length != Columns.Count)
        {
            var fields = new string?[Columns.Count];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = i >= record.Length ? null : i == fields.Length - 1 ? string.Join(_delimiter, record[i..]) : record[i];
            }

            return new TableRow(fields, null, $"{record.Length} {(record.Length == 1 ? "field" : "fields")} instead of {Columns.Count}");
        }

        // Only a quote holds a line break; at the end of the file it may be one that was never closed.
        return _quotes && Array.Exists(record, field => field.Contains('\n')) && (_parser.RawRecord.AsSpan().Count('"') & 1) == 1
            ? new TableRow(record, null, "a quote is never closed")
            : RowTexts.Of(record, _text);
    }

    private bool Advance()
    {
        try
        {
            return _parser.Read();
        }
        catch (MaxFieldSizeException)
        {
            throw CommandException.Files($"{_input.Name}, line {_parser.RawRow}: a field is longer than {LineSource.LongestLine:N0} characters. Is a quote never closed?");
        }
    }

    private string[] Record()
    {
        var record = _parser.Record!;
        if (!_quotes && record is [.., var last] && last.EndsWith('\r'))
        {
            record[^1] = last[..^1];
        }

        return record is [] ? [""] : record;
    }
}
