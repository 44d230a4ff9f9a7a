using System.Text;

namespace KubeSentiment.Bench.Report;

/// <summary>Writes markdown, line by line.</summary>
internal abstract class MarkdownReport
{
    private readonly StringBuilder _text = new();

    public string Render()
    {
        Write();
        return _text.ToString();
    }

    /// <summary>Writes all of it.</summary>
    protected abstract void Write();

    protected void Section(string title)
    {
        Line();
        Line($"## {title}");
        Line();
    }

    protected void Line(string line = "") => _text.Append(line).Append('\n');
}
