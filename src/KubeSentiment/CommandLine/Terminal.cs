using System.Text;
using KubeSentiment.CommandLine.Scoring;
using Spectre.Console;

namespace KubeSentiment.CommandLine;

/// <summary>Where commands talk: data and reports to standard output, everything about them to standard error.</summary>
internal sealed class Terminal
{
    /// <summary>Wide enough that nothing wraps that another program reads: a text has at most so many characters, twice as wide.</summary>
    private const int PlainWidth = 1_000_000;

    public Terminal()
    {
        Output = Create(Console.Out, Console.IsOutputRedirected);
        Errors = Create(Console.Error, Console.IsErrorRedirected);
        IsPlain = Console.IsOutputRedirected;
        ShowsProgress = !Console.IsErrorRedirected;
    }

    public IAnsiConsole Output { get; }

    /// <summary>Whether standard output is a file or a pipe: no colours, no lines drawn.</summary>
    public bool IsPlain { get; }

    private IAnsiConsole Errors { get; }

    private bool ShowsProgress { get; }

    /// <summary>A table in the style of where it goes.</summary>
    public Table NewTable() => new Table().Border(IsPlain ? TableBorder.Markdown : TableBorder.Rounded);

    /// <summary>A text for a cell. In Markdown a bar would end the cell and a line break the row.</summary>
    public string Cell(string text) => Markup.Escape(IsPlain ? InMarkdown(text) : text);

    /// <summary>Writes a table below its title.</summary>
    public void Show(string title, Table table)
    {
        Output.WriteLine();
        Output.WriteLine(title);
        Output.Write(table);
    }

    /// <summary>A line to standard error.</summary>
    public void Say(string line) => Errors.Profile.Out.Writer.WriteLine(line);

    /// <summary>Shows how far the work is: a bar on a terminal, plain lines elsewhere.</summary>
    public Task ShowAsync(string name, Pace pace, bool quiet, Func<IScoreProgress, Task> work) => quiet ? work(new LineProgress(name, pace, TextWriter.Null))
        : ShowsProgress ? BarProgress.ShowAsync(Errors, name, pace, work)
        : work(new LineProgress(name, pace, Errors.Profile.Out.Writer));

    /// <summary>With backslashes doubled in front of a bar, as one of them would take the escape for itself.</summary>
    internal static string InMarkdown(string text)
    {
        var cell = new StringBuilder(text.Length);
        var backslashes = 0;
        foreach (var character in text)
        {
            if (character == '|')
            {
                cell.Append('\\', backslashes + 1);
            }

            cell.Append(character);
            backslashes = character == '\\' ? backslashes + 1 : 0;
        }

        return cell.ToString().ReplaceLineEndings("<br>");
    }

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = PlainWidth;
        }

        return console;
    }
}
