using System.CommandLine;
using KubeSentiment.Bench.Texts;

namespace KubeSentiment.Bench.Direct;

/// <summary>bench direct: ONNX Runtime called in process on the same texts, tokenization included: what the service is compared to.</summary>
internal static class DirectCommand
{
    private const int WarmupTexts = 500;

    public static Command Create()
    {
        var textOptions = new TextOptions();
        var model = new Option<DirectoryInfo>("--model") { Description = "Model folder.", DefaultValueFactory = _ => new DirectoryInfo("models/sentiment") };
        var threads = new Option<int>("--threads") { Description = "Threads that call the shared session.", DefaultValueFactory = _ => 2 };
        var sizes = new Option<string>("--batch-sizes") { Description = "Batch sizes to try.", DefaultValueFactory = _ => "1,4,8,16,32,64" };
        var sort = new Option<string>("--sort")
        {
            Description = "Batches of like lengths (yes), in file order (no), or both.",
            DefaultValueFactory = _ => "both",
        };
        sort.AcceptOnlyFromAmong("yes", "no", "both");
        var bestOf = new Option<FileInfo?>("--best-of")
        {
            Description = "An earlier result: measure only what was best there, in place of --batch-sizes and --sort.",
        };
        var single = new Option<bool>("--single") { Description = "One text at a time on one thread: latency, not throughput." };
        var twoSpeeds = new Option<bool>("--two-speeds")
        {
            Description = "As the service by default: the fast model first, the full one only where that is in doubt.",
        };
        var sparesTokens = new Option<bool>("--spare-tokens")
        {
            Description = "Leave out the tokens that the service leaves out, too: padding, and those of the last layer that labels do not depend on; without it ONNX Runtime runs the file as it is.",
        };
        var json = new Option<FileInfo?>("--json") { Description = "Write the result here." };
        var command = new Command("direct", "Call ONNX Runtime directly on the texts.") { model, threads, sizes, sort, bestOf, single, twoSpeeds, sparesTokens, json };
        textOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            var texts = textOptions.Read(parsed);
            using var full = new DirectModel(parsed.GetRequiredValue(model), sparesTokens: parsed.GetValue(sparesTokens));
            using var fast = parsed.GetValue(twoSpeeds) ? new FastFirst(parsed.GetRequiredValue(model)) : null;
            if (parsed.GetValue(single))
            {
                var run = new DirectSingle(full, fast);
                run.Measure(WarmUpOf(texts));
                var result = run.Measure(texts);
                Console.WriteLine($"one at a time, {texts.Count} texts{AnsweredFast(result.FastShare)}");
                Console.WriteLine($"total         {result.Total}\ntokenization  {result.Tokenization}\nrun           {result.Run}");
                ResultJson.Write(parsed.GetValue(json), result);
            }
            else
            {
                bool[] orders = parsed.GetValue(sort) switch { "yes" => [true], "no" => [false], _ => [false, true] };
                var ways = parsed.GetValue(bestOf) is { } earlier
                    ? [Way(ResultJson.Read<DirectResult>(earlier).Best)]
                    : parsed.GetRequiredValue(sizes).Split(',').SelectMany(size => orders.Select(sorted => (int.Parse(size), sorted))).ToArray();
                ResultJson.Write(parsed.GetValue(json), Throughput(full, fast, texts, parsed.GetValue(threads), ways));
            }
        });
        return command;
    }

    private static (int Size, bool Sorted) Way(DirectRate rate) => (rate.BatchSize, rate.Sorted);

    private static DirectResult Throughput(DirectModel full, FastFirst? fast, List<string> texts, int threads, (int Size, bool Sorted)[] ways)
    {
        var warmup = new DirectThroughput(full, WarmUpOf(texts), threads, fast);
        var run = new DirectThroughput(full, texts, threads, fast);
        var rates = new List<DirectRate>();
        Console.WriteLine($"{texts.Count} texts, {threads} threads");
        foreach (var (size, sorted) in ways)
        {
            warmup.Measure(size, sorted);
            var rate = run.Measure(size, sorted);
            rates.Add(rate);
            Print(rate);
        }

        var best = rates.MaxBy(rate => rate.TextsPerSecond)!;
        Console.Write("best: ");
        Print(best);
        return new DirectResult(texts.Count, run.Tokens(), threads, best, rates);
    }

    private static void Print(DirectRate rate) => Console.WriteLine(
        $"batch {rate.BatchSize,3} {(rate.Sorted ? "sorted  " : "in order")}  {rate.TextsPerSecond,8:0.0} texts/s  "
        + $"{rate.CpuMicrosecondsPerText,7:0.0} µs CPU a text  {rate.PaddingShare:0.0%} padding{AnsweredFast(rate.FastShare)}");

    private static string AnsweredFast(double? share) => share is { } value ? $", {value:0.0%} answered by the fast model" : "";

    private static List<string> WarmUpOf(List<string> texts) => texts[..Math.Min(WarmupTexts, texts.Count)];
}
