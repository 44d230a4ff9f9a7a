using System.CommandLine;
using KubeSentiment.Bench.Http;
using KubeSentiment.Bench.Load;

namespace KubeSentiment.Bench.Anomalies;

/// <summary>bench anomalies: are planted odd texts found in a stream of real ones, by type, and does the buffer stay small?</summary>
internal static class AnomaliesCommand
{
    public static Command Create()
    {
        var url = Target.Option("The service, freshly started, such as http://127.0.0.1:8000.");
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder of the sets.", DefaultValueFactory = _ => new DirectoryInfo("../shared/data") };
        var count = new Option<int>("--count") { Description = "Texts in all.", DefaultValueFactory = _ => 50_000 };
        var planted = new Option<int>("--planted") { Description = "Odd ones among them.", DefaultValueFactory = _ => 1_200 };
        var seed = new Option<int>("--seed") { Description = "Decides texts and order.", DefaultValueFactory = _ => 1 };
        var batch = new Option<int>("--batch") { Description = "Texts a request.", DefaultValueFactory = _ => 100 };
        var show = new Option<int>("--show") { Description = "Print so many wrong findings and missed texts of each type.", DefaultValueFactory = _ => 0 };
        var pid = new Option<int?>("--pid") { Description = "The service's process, for its memory." };
        var apiKey = new Option<string?>("--api-key") { Description = "Sent as X-API-Key." };
        var command = new Command("anomalies", "Send real texts with odd ones planted among them, and count what is found.")
        {
            url, data, count, planted, seed, batch, show, pid, apiKey,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var stream = OddStream.Build(parsed.GetRequiredValue(data), parsed.GetValue(count), parsed.GetValue(planted), parsed.GetValue(seed));
            var process = parsed.GetValue(pid) is { } id ? new WatchedProcess("service", id) : null;
            using var client = new InspectionClient(parsed.GetRequiredValue(url)[0], parsed.GetValue(apiKey));
            var before = process?.SampleRssKb();
            var answers = new List<InspectedText>();
            foreach (var chunk in stream.Chunk(parsed.GetValue(batch)))
            {
                answers.AddRange(await client.InspectAsync(Array.ConvertAll(chunk, text => text.Text), cancellation));
                process?.SampleRssKb();
            }

            var expectations = new ExpectedAnomalies(stream);
            var expected = stream.Zip(answers, expectations.Of).ToList();
            PrintTypes(expected, answers);
            PrintKinds(stream, answers);
            PrintMistakes(stream, expected, answers, parsed.GetValue(show));
            Console.WriteLine($"\nBuffer: {await client.StatisticsAsync(cancellation)}");
            if (process is not null)
            {
                Console.WriteLine($"RSS before {before / 1024} MB, after {process.SampleRssKb() / 1024} MB, peak {process.PeakSampledKb / 1024} MB.");
            }
        });
        return command;
    }

    private static void PrintTypes(List<HashSet<string>> expected, List<InspectedText> answers)
    {
        Console.WriteLine("| type | should be found | are found | of these rightly | precision | recall |\n| --- | --- | --- | --- | --- | --- |");
        foreach (var type in ExpectedAnomalies.Types)
        {
            var should = expected.Count(types => types.Contains(type));
            var found = answers.Count(answer => answer.Anomalies.Contains(type));
            var right = expected.Zip(answers).Count(pair => pair.First.Contains(type) && pair.Second.Anomalies.Contains(type));
            Console.WriteLine($"| {type} | {should} | {found} | {right} | {Percent(right, found)} | {Percent(right, should)} |");
        }
    }

    private static void PrintKinds(List<PlannedText> stream, List<InspectedText> answers)
    {
        Console.WriteLine("\n| planted | texts | type | found |\n| --- | --- | --- | --- |");
        foreach (var kind in OddKind.All)
        {
            var planted = stream.Zip(answers).Where(pair => pair.First.Kind == kind).ToList();
            foreach (var type in kind.Types)
            {
                Console.WriteLine($"| {kind.Name} | {planted.Count} | {type} | {Percent(planted.Count(pair => pair.Second.Anomalies.Contains(type)), planted.Count)} |");
            }
        }
    }

    private static void PrintMistakes(List<PlannedText> stream, List<HashSet<string>> expected, List<InspectedText> answers, int most)
    {
        foreach (var type in most == 0 ? [] : ExpectedAnomalies.Types)
        {
            Print("wrongly", i => answers[i].Anomalies.Contains(type) && !expected[i].Contains(type));
            Print("missed", i => !answers[i].Anomalies.Contains(type) && expected[i].Contains(type));

            void Print(string word, Func<int, bool> holds)
            {
                foreach (var i in Enumerable.Range(0, stream.Count).Where(holds).Take(most))
                {
                    Console.WriteLine($"{type} {word}: {stream[i].Text[..Math.Min(100, stream[i].Text.Length)]}");
                }
            }
        }
    }

    private static string Percent(int part, int whole) => whole == 0 ? "-" : $"{100.0 * part / whole:0.0} %";
}
