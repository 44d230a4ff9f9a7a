using System.Text;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Cuts text into lines at <c>\n</c> and <c>\r\n</c>, and nowhere else: a lone <c>\r</c> belongs to its line.</summary>
internal sealed class LineSource(TextReader reader) : IDisposable
{
    /// <summary>A line this long is not a text but a file that has no lines.</summary>
    public const int LongestLine = 1 << 24;

    private readonly char[] _chars = new char[1 << 15];
    private readonly StringBuilder _line = new();
    private int _start;
    private int _end;

    /// <summary>Number of the last line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The next line; null at the end. A line break at the very end begins no line.</summary>
    public string? Next()
    {
        _line.Clear();
        var found = false;
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, reader.Read(_chars));
                if (_end == 0)
                {
                    return found ? Finish() : null;
                }
            }

            found = true;
            var rest = _chars.AsSpan(_start, _end - _start);
            var at = rest.IndexOf('\n');
            _line.Append(at < 0 ? rest : rest[..at]);
            _start = at < 0 ? _end : _start + at + 1;
            if (at >= 0)
            {
                if (_line.Length > 0 && _line[^1] == '\r')
                {
                    _line.Length--;
                }

                return Finish();
            }

            if (_line.Length > LongestLine)
            {
                throw CommandException.Files($"Line {Number + 1} is longer than {LongestLine:N0} characters. Is this a file of lines?");
            }
        }
    }

    public void Dispose() => reader.Dispose();

    private string Finish()
    {
        Number++;
        return _line.ToString();
    }
}
