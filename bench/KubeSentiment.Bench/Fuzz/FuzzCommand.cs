using System.Collections.Concurrent;
using System.CommandLine;
using KubeSentiment.Bench.Http;

namespace KubeSentiment.Bench.Fuzz;

/// <summary>bench fuzz: broken bodies and headers; every answer must be 2xx or a 4xx problem.</summary>
internal static class FuzzCommand
{
    private const int FailuresShown = 20;

    private static readonly (string Class, Func<Random, FuzzCase> Make)[] Classes = [.. BrokenBodies.All, .. BrokenHttp.All];

    public static Command Create()
    {
        var url = Target.Option("The service, such as http://127.0.0.1:8000.");
        var count = new Option<int>("--count") { Description = "Cases.", DefaultValueFactory = _ => 10_000 };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same cases.", DefaultValueFactory = _ => 1 };
        var only = new Option<int?>("--only") { Description = "Run this one case and print it." };
        var parallel = new Option<int>("--parallel") { Description = "Cases at once.", DefaultValueFactory = _ => 4 };
        var timeout = new Option<double>("--timeout") { Description = "Seconds after which an answer is missing.", DefaultValueFactory = _ => 15 };
        var command = new Command("fuzz", "Send broken requests.") { url, count, seed, only, parallel, timeout };
        command.SetAction(async (parsed, cancellation) =>
        {
            var target = Target.Resolve(parsed.GetRequiredValue(url)[0]);
            var numbers = parsed.GetValue(only) is { } one ? Enumerable.Range(one, 1) : Enumerable.Range(0, parsed.GetValue(count));
            var ends = new ConcurrentBag<(int Number, FuzzCase Case, FuzzEnd End, string Why)>();
            var atOnce = new ParallelOptions { MaxDegreeOfParallelism = parsed.GetValue(parallel), CancellationToken = cancellation };
            await Parallel.ForEachAsync(numbers, atOnce, async (number, token) =>
            {
                var sent = Make(parsed.GetValue(seed), number);
                var (end, why) = await FuzzExchange.RunAsync(target, sent, TimeSpan.FromSeconds(parsed.GetValue(timeout)), token);

                // Bytes are kept for failures only: ten thousand cases hold a gigabyte.
                ends.Add((number, end == FuzzEnd.Failed || parsed.GetValue(only) is not null ? sent : sent with { Bytes = [] }, end, why));
            });
            if (parsed.GetValue(only) is not null)
            {
                var (_, sent, end, why) = ends.Single();
                Console.WriteLine($"{sent.Class}: {end}, {why}\n{sent.Escaped()}");
            }

            var failures = ends.Where(e => e.End == FuzzEnd.Failed).OrderBy(e => e.Number).ToList();
            PrintTable([.. ends.Select(e => (e.Case.Class, e.End, e.Why))]);
            foreach (var (number, sent, _, why) in failures.Take(FailuresShown))
            {
                Console.WriteLine($"\nFAILED case {number} ({sent.Class}): {why}\n  {sent.Escaped()}");
            }

            var alive = await IsAliveAsync(parsed.GetRequiredValue(url)[0], cancellation);
            Console.WriteLine($"\n{ends.Count} cases, {failures.Count} failed; /live afterwards: {(alive ? "200" : "NOT 200")}");
            return failures.Count == 0 && alive ? 0 : 1;
        });
        return command;
    }

    // Each case has its own generator, so that one can be made again without the others.
    private static FuzzCase Make(int seed, int number) => Classes[number % Classes.Length].Make(new Random(unchecked((seed * 1_000_003) + number)));

    private static void PrintTable(List<(string Class, FuzzEnd End, string Why)> ends)
    {
        Console.WriteLine("| class | cases | 2xx | 4xx problem | refused by the connection layer | hung up on malformed HTTP | failed | statuses |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var name in Classes.Select(c => c.Class).Where(name => ends.Exists(e => e.Class == name)))
        {
            var of = ends.FindAll(e => e.Class == name);
            var statuses = of.Where(e => e.End is not FuzzEnd.HungUp).CountBy(e => e.Why).Select(s => $"{s.Key}: {s.Value}").Order(StringComparer.Ordinal);
            var counts = Enum.GetValues<FuzzEnd>().Select(end => of.Count(e => e.End == end));
            Console.WriteLine($"| {name} | {of.Count} | {string.Join(" | ", counts)} | {string.Join(", ", statuses)} |");
        }
    }

    private static async Task<bool> IsAliveAsync(Uri server, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        try
        {
            using var answer = await http.GetAsync(new Uri(server, "/live"), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
