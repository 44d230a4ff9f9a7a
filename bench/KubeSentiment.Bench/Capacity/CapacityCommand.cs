using System.CommandLine;
using KubeSentiment.Bench.Report;
using KubeSentiment.Bench.Texts;

namespace KubeSentiment.Bench.Capacity;

/// <summary>bench capacity: works out from the results of table.sh what any number of replicas can do, and how far that is from what was measured.</summary>
internal static class CapacityCommand
{
    public static Command Create()
    {
        var texts = new TextOptions();
        var results = new Option<DirectoryInfo>("--results") { Description = "Folder of the result files.", Required = true };
        var output = new Option<FileInfo>("--out") { Description = "The markdown file to append to.", Required = true };
        var count = new Option<int>("--count") { Description = "Texts in the streams that were measured.", Required = true };
        var held = new Option<double>("--held") { Description = "The part of a core that a replica was held to.", Required = true };
        var command = new Command("capacity", "Predict the rates of many replicas from measured costs, as markdown.") { results, output, count, held };
        texts.AddTo(command);
        command.SetAction(parsed =>
        {
            var report = new CapacityReport(new ResultFolder(parsed.GetRequiredValue(results)), texts.Read(parsed).Count, parsed.GetValue(count), parsed.GetValue(held));
            File.AppendAllText(parsed.GetRequiredValue(output).FullName, report.Render());
        });
        return command;
    }
}
