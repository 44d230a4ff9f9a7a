using System.CommandLine;

namespace KubeSentiment.Bench.Report;

/// <summary>bench report: renders the result files of compare.sh as markdown.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var results = new Option<DirectoryInfo>("--results") { Description = "Folder of the result files.", Required = true };
        var output = new Option<FileInfo>("--out") { Description = "The markdown file.", Required = true };
        var commit = new Option<string>("--commit") { Description = "What was measured.", Required = true };
        var notes = new Option<string>("--notes") { Description = "A sentence for the head.", DefaultValueFactory = _ => "" };
        var command = new Command("report", "Render result files as markdown.") { results, output, commit, notes };
        command.SetAction(parsed =>
        {
            var report = new ComparisonReport(new ResultFolder(parsed.GetRequiredValue(results)), parsed.GetRequiredValue(commit),
                parsed.GetRequiredValue(notes));
            var file = parsed.GetRequiredValue(output);
            file.Directory?.Create();
            File.WriteAllText(file.FullName, report.Render());
            Console.WriteLine(file.FullName);
        });
        return command;
    }
}
