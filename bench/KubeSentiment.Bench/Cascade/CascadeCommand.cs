using System.CommandLine;
using KubeSentiment.Bench.Accuracy;
using KubeSentiment.Bench.Direct;
using KubeSentiment.Bench.Texts;
using KubeSentiment.Inference;

namespace KubeSentiment.Bench.Cascade;

/// <summary>bench cascade: what a threshold gains and costs, on labelled sets.</summary>
internal static class CascadeCommand
{
    private static readonly float[] Thresholds = [0.7f, 0.75f, 0.8f, 0.85f, 0.9f, 0.95f];

    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder of the labelled sets.", DefaultValueFactory = _ => new DirectoryInfo("../shared/data") };
        var model = new Option<DirectoryInfo>("--model") { Description = "The model's folder.", DefaultValueFactory = _ => new DirectoryInfo("models/sentiment") };
        var threads = new Option<int>("--threads") { Description = "Runs at the same time.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var sets = new Option<string[]>("--set") { Description = "Only these sets, such as sst2/dev.", AllowMultipleArgumentsPerToken = true };
        var command = new Command("cascade", "Run the fast and the full model on labelled sets and print what each threshold would have given.") { data, model, threads, sets };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(model);
            var labels = ModelFolder.Open(folder.FullName, name: null).Labels;
            using var fast = new DirectModel(folder, "fast.onnx");
            using var full = new DirectModel(folder);
            var run = new TwoModels(fast, full, parsed.GetValue(threads));
            Console.WriteLine("| set | threshold | answered fast | accuracy | against full, points | answers that differ | texts/s a core | times full |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
            var chosen = parsed.GetValue(sets) ?? [];
            foreach (var set in AccuracySet.All.Where(set => chosen.Length == 0 || chosen.Contains(set.Name)))
            {
                var rows = TextFile.Rows(new FileInfo(Path.Combine(parsed.GetRequiredValue(data).FullName, set.Name + ".tsv.gz")), ["label", "text"]).ToList();
                Print(set, labels, rows.ConvertAll(row => row[0]), run.Run(rows.ConvertAll(row => row[1])));
            }
        });
        return command;
    }

    private static void Print(AccuracySet set, IReadOnlyList<string> labels, List<string> expected, TwoModelsResult result)
    {
        var alone = Measure(text => text.Full);
        var fullSeconds = result.TokenizationSeconds + result.Texts.Sum(text => text.FullSeconds);
        Line("full alone", 0, alone, 0, fullSeconds);
        foreach (var threshold in Thresholds)
        {
            var kept = result.Texts.Where(text => text.Fast.Max() >= threshold).ToList();
            var seconds = result.TokenizationSeconds + result.FastSeconds + result.Texts.Where(text => text.Fast.Max() < threshold).Sum(text => text.FullSeconds);
            Line(
                threshold.ToString("0.00"),
                (double)kept.Count / result.Texts.Count,
                Measure(text => text.Fast.Max() >= threshold ? text.Fast : text.Full),
                (double)kept.Count(text => Best(text.Fast) != Best(text.Full)) / result.Texts.Count,
                seconds);
        }

        Line("fast alone", 1, Measure(text => text.Fast), (double)result.Texts.Count(text => Best(text.Fast) != Best(text.Full)) / result.Texts.Count, result.TokenizationSeconds + result.FastSeconds);

        double Measure(Func<TwoAnswers, float[]> answer) => set.Measure(
            [.. result.Texts.Select((text, i) => (expected[i], labels.Zip(answer(text)).ToDictionary(pair => pair.First, pair => (double)pair.Second)))]);

        void Line(string threshold, double share, double accuracy, double differing, double seconds) => Console.WriteLine(
            $"| {set.Name} | {threshold} | {share:0.0%} | {accuracy:0.00} | {accuracy - alone:+0.00;-0.00;0.00} | {differing:0.0%} "
            + $"| {result.Texts.Count / seconds:0} | {fullSeconds / seconds:0.0} |");
    }

    private static int Best(float[] scores) => Array.IndexOf(scores, scores.Max());
}
