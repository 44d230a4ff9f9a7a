using System.CommandLine;
using System.Text.Json;
using KubeSentiment.Bench.Http;
using KubeSentiment.Bench.Texts;

namespace KubeSentiment.Bench.Accuracy;

/// <summary>bench accuracy: the model card's figures, reproduced through HTTP.</summary>
internal static class AccuracyCommand
{
    private const int TextsPerRequest = 100;

    public static Command Create()
    {
        var url = Target.Option("The service, such as http://127.0.0.1:8000.");
        var data = new Option<DirectoryInfo>("--data")
        {
            Description = "Folder of the labelled sets.",
            DefaultValueFactory = _ => new DirectoryInfo("../shared/data"),
        };
        var card = new Option<FileInfo>("--card")
        {
            Description = "The model's evaluation.",
            DefaultValueFactory = _ => new FileInfo("models/sentiment/evaluation.json"),
        };
        var tolerance = new Option<double>("--tolerance") { Description = "Points that a set may differ; with two speeds, points that it may lose.", DefaultValueFactory = _ => 0.3 };
        var apiKey = new Option<string?>("--api-key") { Description = "Sent as X-API-Key." };
        var json = new Option<FileInfo?>("--json") { Description = "Write the result here." };
        var command = new Command("accuracy", "Score labelled sets through the service and compare with the model card.")
        {
            url, data, card, tolerance, apiKey, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var evaluation = JsonDocument.Parse(await File.ReadAllBytesAsync(parsed.GetRequiredValue(card).FullName, cancellation));
            using var client = new BatchClient(parsed.GetRequiredValue(url)[0], parsed.GetValue(apiKey));
            var twoSpeeds = await client.HasTwoSpeedsAsync(cancellation);
            var rows = new List<AccuracyRow>();
            Console.WriteLine("| set | rows | measured | card | difference | errors |\n| --- | --- | --- | --- | --- | --- |");
            foreach (var set in AccuracySet.All)
            {
                var file = new FileInfo(Path.Combine(parsed.GetRequiredValue(data).FullName, set.Name + ".tsv.gz"));
                var row = await MeasureAsync(set, file, set.CardFigure(evaluation.RootElement), client, cancellation);
                rows.Add(row);
                Console.WriteLine($"| {row.Set} | {row.Rows} | {row.Measured:0.00} | {row.Card:0.00} | {row.Difference:+0.00;-0.00;0.00} | {row.Errors} |");
            }

            ResultJson.Write(parsed.GetValue(json), rows);
            // The card has the full model's figures. Alone it must reproduce them; together with the fast one it may be better.
            return rows.TrueForAll(row => row.Errors == 0 && (twoSpeeds ? -row.Difference : Math.Abs(row.Difference)) <= parsed.GetValue(tolerance)) ? 0 : 1;
        });
        return command;
    }

    private static async Task<AccuracyRow> MeasureAsync(AccuracySet set, FileInfo file, double card, BatchClient client, CancellationToken cancellation)
    {
        var scored = new List<(string Label, Dictionary<string, double> Scores)>();
        var errors = 0;
        foreach (var chunk in TextFile.Rows(file, ["label", "text"]).Chunk(TextsPerRequest))
        {
            var scores = await client.ScoresAsync(Array.ConvertAll(chunk, row => row[1]), cancellation);
            for (var i = 0; i < chunk.Length; i++)
            {
                if (scores[i] is { } answered)
                {
                    scored.Add((chunk[i][0], answered));
                }
                else
                {
                    errors++;
                }
            }
        }

        return new AccuracyRow(set.Name, scored.Count + errors, scored.Count == 0 ? 0 : set.Measure(scored), card, errors);
    }
}

/// <summary>One set's result: per cent measured and on the card, and the rows that were answered with an error.</summary>
internal sealed record AccuracyRow(string Set, int Rows, double Measured, double Card, int Errors)
{
    public double Difference => Measured - Card;
}
