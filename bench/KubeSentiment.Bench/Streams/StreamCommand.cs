using System.CommandLine;
using KubeSentiment.Bench.Texts;

namespace KubeSentiment.Bench.Streams;

/// <summary>bench stream: writes a seeded Zipf stream of real texts, to be replayed by bench load.</summary>
internal static class StreamCommand
{
    public static Command Create()
    {
        var texts = new TextOptions();
        var count = new Option<int>("--count") { Description = "Texts in the stream.", DefaultValueFactory = _ => 200_000 };
        var hitRate = new Option<double>("--hit-rate") { Description = "What a cache without bounds would answer, 0..1.", DefaultValueFactory = _ => 0.6 };
        var noise = new Option<double>("--noise") { Description = "Share of the texts whose case and spaces are changed, 0..1." };
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same stream.", DefaultValueFactory = _ => 1 };
        var output = new Option<FileInfo>("--out") { Description = "Where to write it, a text a line.", Required = true };
        var command = new Command("stream", "Write a seeded Zipf stream of texts.") { count, hitRate, noise, seed, output };
        texts.AddTo(command);
        command.SetAction(parsed =>
        {
            var random = new Random(parsed.GetValue(seed));
            // Frequency has nothing to do with the order of the file.
            var catalogue = texts.Read(parsed).ToArray();
            random.Shuffle(catalogue);
            var stream = new ZipfStream(catalogue.Length, parsed.GetValue(count), parsed.GetValue(hitRate));
            // Noise has its own dice: with and without it, the same texts come in the same order.
            var dice = new Random(parsed.GetValue(seed) + 1);
            var seen = new HashSet<int>();
            using var writer = parsed.GetRequiredValue(output).CreateText();
            foreach (var rank in stream.Draw(parsed.GetValue(count), random))
            {
                seen.Add(rank);
                writer.WriteLine(dice.NextDouble() < parsed.GetValue(noise) ? SurfaceNoise.Apply(catalogue[rank], dice) : catalogue[rank]);
            }

            Console.WriteLine(
                $"{parsed.GetValue(count)} texts, {seen.Count} different of {catalogue.Length}; exponent {stream.Exponent:0.0000}; "
                + $"a cache without bounds answers {1 - (seen.Count / (double)parsed.GetValue(count)):P2}; noise in {parsed.GetValue(noise):P0}");
        });
        return command;
    }
}
