using System.Text.Json.Nodes;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>
/// The real autoscaler, by the published rules, with real processes under load in the place of the pods: Prometheus scrapes them, and the metrics API gives their figures to the
/// controller. Nothing is shortened, so this takes minutes, most of them waiting.
/// </summary>
[Collection(ControlPlane.Collection)]
public sealed class AutoscalerTests(ControlPlane cluster, ITestOutputHelper output)
{
    private const string Autoscaler = $"/apis/autoscaling/v2/namespaces/{ControlPlane.Namespace}/horizontalpodautoscalers/kubesentiment";

    /// <summary>More than 50 texts in hand for each of ten pods, the tolerance of 10 % included.</summary>
    private const int Callers = 600;

    private static readonly string LongText = string.Join(' ', Enumerable.Repeat("a long day and a longer night", 80));
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    [Fact]
    public Task Load_GrowsAndStays_ScalesFromTwoToTenByTheRules() => RunAsync(andBack: false);

    /// <summary>For whoever has a quarter of an hour: -explicit only.</summary>
    [Fact(Explicit = true)]
    public Task Load_GrowsAndEnds_ScalesFromTwoToTenAndBackByTheRules() => RunAsync(andBack: true);

    private async Task RunAsync(bool andBack)
    {
        await cluster.StartAsync();
        (await cluster.KubectlAsync("-n", ControlPlane.Namespace, "scale", "deployment/kubesentiment", "--replicas=2")).ShouldBeQuiet();
        await Poll.UntilAsync(async () => (await cluster.PodsAsync()).Count == 2, TimeSpan.FromSeconds(30), Period);
        await using var prometheus = await PrometheusServer.StartAsync(scrapeSeconds: 3);
        await using var fleet = ReplicaFleet.Start(cluster, prometheus);

        // 1. Nobody gives figures: the autoscaler says so, and does nothing.
        await Poll.UntilAsync(async () => await ConditionAsync("ScalingActive") is { } condition && condition.StartsWith("False FailedGet", StringComparison.Ordinal), TimeSpan.FromSeconds(60), Period);

        // 2. The cure: figures. At rest there are as many pods as must be.
        await using var api = await MetricsApi.StartAsync(cluster, prometheus, () => fleet.Pods);
        try
        {
            await Poll.UntilAsync(async () => await ConditionAsync("ScalingActive") == "True ValidMetricFound", TimeSpan.FromSeconds(90), Period);
            (await cluster.PodsAsync()).Count.ShouldBe(2);

            // 3. Load: more pods, as fast as the rules allow.
            using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var begun = TimeProvider.System.GetUtcNow();
            var calls = Enumerable.Range(0, Callers).Select(caller => fleet.CallAsync(caller, LongText, end.Token)).ToList();
            try
            {
                await Poll.UntilAsync(() => Task.FromResult(fleet.History[^1].Pods == 10), TimeSpan.FromMinutes(6), Period);
                Report(fleet, begun);
                await ReportStatusAsync();
                Steps(fleet, begun).ShouldAllBe(step => step.To - step.From <= Math.Max(step.From, 4));
                fleet.History.ShouldAllBe(pods => pods.Pods >= 2 && pods.Pods <= 10);

                // At least the window lies between the load and the first new pod.
                (fleet.History.First(pods => pods.At > begun && pods.Pods > 2).At - begun).ShouldBeGreaterThan(TimeSpan.FromSeconds(55));
            }
            finally
            {
                await end.CancelAsync();
                await Task.WhenAll(calls);
            }

            // 4. No load: fewer pods, slowly.
            if (andBack)
            {
                var ended = TimeProvider.System.GetUtcNow();
                await Poll.UntilAsync(() => Task.FromResult(fleet.History[^1].Pods == 2), TimeSpan.FromMinutes(15), Period);
                Report(fleet, begun);
                await ReportStatusAsync();
                Steps(fleet, ended).ShouldAllBe(step => step.From - step.To <= Math.Min((step.From + 1) / 2, 2));
                (fleet.History.First(pods => pods.At > ended).At - ended).ShouldBeGreaterThan(TimeSpan.FromSeconds(280));
            }
        }
        finally
        {
            await MetricsApi.UnregisterAsync(cluster);
        }
    }

    private static IEnumerable<(int From, int To)> Steps(ReplicaFleet fleet, DateTimeOffset since) =>
        fleet.History.Zip(fleet.History.Skip(1), (from, to) => (from, to)).Where(step => step.to.At > since).Select(step => (step.from.Pods, step.to.Pods));

    private async Task<string?> ConditionAsync(string type)
    {
        var conditions = (await cluster.GetAsync(Autoscaler))["status"]!["conditions"]?.AsArray() ?? [];
        var condition = conditions.SingleOrDefault(condition => (string)condition!["type"]! == type);
        return condition is null ? null : $"{condition["status"]} {condition["reason"]}";
    }

    private void Report(ReplicaFleet fleet, DateTimeOffset begun)
    {
        foreach (var (at, pods) in fleet.History)
        {
            output.WriteLine($"{(at - begun).TotalSeconds,5:0} s  {pods} pods");
        }
    }

    private async Task ReportStatusAsync() => output.WriteLine(((await cluster.GetAsync(Autoscaler))["status"]!["currentMetrics"] as JsonArray)?.ToJsonString() ?? "");
}
