using KubeSentiment.Caching;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>What a stream of lookups met.</summary>
/// <param name="Count">Lookups.</param>
/// <param name="Found">Texts found in Redis.</param>
/// <param name="Wrong">Answers that were another text's.</param>
/// <param name="Worst">Longest wait of a lookup.</param>
internal sealed record LookupReport(int Count, int Found, int Wrong, TimeSpan Worst);

/// <summary>Lookups as the pipeline makes them, from several callers at a time: ask Redis for one or many texts, remember what it did not know.</summary>
internal static class Lookups
{
    /// <summary>
    /// The one allowance for the machine in all fault tests: how much later than the budget a waiting caller may come to run, on two cores that other
    /// processes use, too.
    /// </summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(250);

    private const int Callers = 8;
    private const int Distinct = 500;

    /// <summary>Runs lookups for a while; any exception fails the test.</summary>
    public static async Task<LookupReport> RunAsync(Replica replica, TimeSpan duration)
    {
        var reports = await Task.WhenAll(Enumerable.Range(0, Callers).Select(seed => Task.Run(() => CallAsync(replica, duration, new Random(seed)))));
        var report = new LookupReport(
            reports.Sum(one => one.Count), reports.Sum(one => one.Found), reports.Sum(one => one.Wrong), reports.Max(one => one.Worst));
        report.Wrong.ShouldBe(0);
        report.Worst.ShouldBeLessThan(replica.Redis.Gate.Budget + Slack);
        TestContext.Current.SendDiagnosticMessage($"{TestContext.Current.TestMethod?.MethodName}: {report}");
        return report;
    }

    private static async Task<LookupReport> CallAsync(Replica replica, TimeSpan duration, Random random)
    {
        var (count, found, wrong, worst) = (0, 0, 0, TimeSpan.Zero);
        var begun = TimeProvider.System.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (TimeProvider.System.GetElapsedTime(begun) < duration)
        {
            var numbers = Enumerable.Range(0, random.Next(3) == 0 ? 32 : 1).Select(_ => random.Next(Distinct)).ToArray();
            var asked = TimeProvider.System.GetTimestamp();
            var answers = await replica.Cache.GetSharedAsync(
                CacheType.Prediction, Array.ConvertAll(numbers, Texts.Of), Array.ConvertAll(numbers, Texts.KeyOf), TestContext.Current.CancellationToken);
            var waited = TimeProvider.System.GetElapsedTime(asked);
            worst = waited > worst ? waited : worst;
            for (var i = 0; i < numbers.Length; i++)
            {
                if (answers[i] is { } answer)
                {
                    found++;
                    wrong += Texts.IsRight(numbers[i], answer) ? 0 : 1;
                }
                else
                {
                    replica.Remember(numbers[i]);
                }
            }

            count++;
            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        return new LookupReport(count, found, wrong, worst);
    }
}
