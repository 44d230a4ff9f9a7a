using System.Globalization;
using System.Text.Json.Nodes;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>
/// The real autoscaler, by the published rules, with real processes under load in the place of the pods: Prometheus scrapes them, and the metrics API gives their figures to the
/// controller. Nothing is shortened, so this takes minutes.
/// </summary>
[Collection(nameof(WholeMachine))]
public sealed class AutoscalerTests(ControlPlane cluster, ITestOutputHelper output)
{
    private const int Least = 2;
    private const int Most = 10;
    private const string Autoscaler = $"/apis/autoscaling/v2/namespaces/{ControlPlane.Namespace}/horizontalpodautoscalers/kubesentiment";

    /// <summary>More than 50 texts in hand for each of ten pods, the tolerance of 10 % included.</summary>
    private const int Callers = 600;

    private static readonly string LongText = string.Join(' ', Enumerable.Repeat("a long day and a longer night", 80));
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    [Fact]
    public Task Load_GrowsAndStays_ScalesFromTwoToTenByTheRules() => RunAsync(Least, busy: false, async (fleet, load) =>
    {
        var begun = TimeProvider.System.GetUtcNow();
        load.Begin();
        await Poll.UntilAsync(() => Task.FromResult(fleet.History[^1].Pods == Most), TimeSpan.FromMinutes(6), Period);
        await ReportAsync(fleet, begun);

        // At most double, or four more, a minute; and at least the window lies between the load and the first new pod.
        Steps(fleet, begun).ShouldAllBe(step => step.To > step.From && step.To - step.From <= Math.Max(step.From, 4));
        (FirstChange(fleet, begun) - begun).ShouldBeGreaterThan(TimeSpan.FromSeconds(55));
        fleet.History.ShouldAllBe(pods => pods.Pods >= Least && pods.Pods <= Most);
    });

    /// <summary>For whoever has a quarter of an hour: -explicit only.</summary>
    [Fact(Explicit = true)]
    public Task Load_Ends_ScalesFromTenToTwoByTheRules() => RunAsync(Most, busy: true, async (fleet, load) =>
    {
        await Poll.UntilAsync(async () => await ActiveRequestsAsync() > 50, TimeSpan.FromMinutes(1), Period);
        await load.EndAsync();
        var ended = TimeProvider.System.GetUtcNow();
        try
        {
            // The window, four steps of a minute, and up to 15 s more for each, which is how often the controller looks: nine to eleven minutes.
            await Poll.UntilAsync(() => Task.FromResult(fleet.History[^1].Pods == Least), TimeSpan.FromMinutes(15), Period);
        }
        finally
        {
            await ReportAsync(fleet, ended);
        }

        // At most half, and at most two, a minute; and nothing for the whole of the window.
        Steps(fleet, ended).ShouldAllBe(step => step.To < step.From && step.From - step.To <= 2);
        (FirstChange(fleet, ended) - ended).ShouldBeGreaterThan(TimeSpan.FromSeconds(280));
        fleet.History.ShouldAllBe(pods => pods.Pods >= Least && pods.Pods <= Most);
    });

    private static IEnumerable<(int From, int To)> Steps(ReplicaFleet fleet, DateTimeOffset since) =>
        fleet.History.Zip(fleet.History.Skip(1), (from, to) => (from, to)).Where(step => step.to.At > since).Select(step => (step.from.Pods, step.to.Pods));

    private static DateTimeOffset FirstChange(ReplicaFleet fleet, DateTimeOffset since) => fleet.History.First(pods => pods.At > since).At;

    private async Task RunAsync(int replicas, bool busy, Func<ReplicaFleet, Load, Task> underLoad)
    {
        await cluster.StartAsync();
        (await cluster.KubectlAsync("-n", ControlPlane.Namespace, "scale", "deployment/kubesentiment", $"--replicas={replicas}")).ShouldBeQuiet();
        await Poll.UntilAsync(async () => (await cluster.PodsAsync()).Count == replicas, TimeSpan.FromSeconds(30), Period);
        await using var prometheus = await PrometheusServer.StartAsync(scrapeSeconds: 3);
        await using var fleet = ReplicaFleet.Start(cluster, prometheus);

        // 1. Nobody gives figures: the autoscaler says so, and does nothing.
        await Poll.UntilAsync(async () => (await ConditionAsync())?.StartsWith("False FailedGet", StringComparison.Ordinal) ?? false, TimeSpan.FromSeconds(60), Period);
        output.WriteLine($"no metrics API: ScalingActive is {await ConditionAsync()}");

        // 2. The cure: figures. Where the pods shall stay for now they have work before that: with its first figures the autoscaler has no window to look back on yet.
        await using var load = new Load(fleet);
        if (busy)
        {
            await Poll.UntilAsync(() => Task.FromResult(fleet.Pods.Count == replicas), TimeSpan.FromSeconds(120), Period);
            load.Begin();
        }

        await using var api = await MetricsApi.StartAsync(cluster, prometheus, () => fleet.Pods);
        try
        {
            await Poll.UntilAsync(async () => await ConditionAsync() == "True ValidMetricFound" && fleet.Pods.Count == replicas, TimeSpan.FromSeconds(120), Period);
            output.WriteLine($"metrics API: ScalingActive is {await ConditionAsync()}, {(await cluster.PodsAsync()).Count} pods");
            (await cluster.PodsAsync()).Count.ShouldBe(replicas);

            // 3. Load.
            await underLoad(fleet, load);
        }
        finally
        {
            await MetricsApi.UnregisterAsync(cluster);
        }
    }

    /// <summary>Whether the autoscaler has its figures, and why not.</summary>
    private async Task<string?> ConditionAsync()
    {
        var conditions = (await cluster.GetAsync(Autoscaler))["status"]!["conditions"]?.AsArray() ?? [];
        var condition = conditions.SingleOrDefault(condition => (string)condition!["type"]! == "ScalingActive");
        return condition is null ? null : $"{condition["status"]} {condition["reason"]}";
    }

    /// <summary>What the autoscaler last saw of <c>active_requests</c>, on average a pod.</summary>
    private async Task<double> ActiveRequestsAsync()
    {
        var metrics = (await cluster.GetAsync(Autoscaler))["status"]!["currentMetrics"]?.AsArray() ?? [];
        var value = (string?)metrics.FirstOrDefault(metric => (string?)metric!["type"] == "Pods")?["pods"]!["current"]!["averageValue"];
        return value switch
        {
            null => 0,
            [.. var milli, 'm'] => double.Parse(milli, CultureInfo.InvariantCulture) / 1000,
            _ => double.Parse(value, CultureInfo.InvariantCulture),
        };
    }

    private async Task ReportAsync(ReplicaFleet fleet, DateTimeOffset since)
    {
        foreach (var (at, pods) in fleet.History)
        {
            output.WriteLine($"{(at - since).TotalSeconds,5:0} s  {pods} pods");
        }

        output.WriteLine(((await cluster.GetAsync(Autoscaler))["status"]!["currentMetrics"] as JsonArray)?.ToJsonString() ?? "");
    }

    /// <summary>Many callers with long texts.</summary>
    private sealed class Load(ReplicaFleet fleet) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        private Task[] _callers = [];

        public void Begin() => _callers = [.. Enumerable.Range(0, Callers).Select(caller => fleet.CallAsync(caller, LongText, _end.Token))];

        public async Task EndAsync()
        {
            await _end.CancelAsync();
            await Task.WhenAll(_callers);
        }

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            _end.Dispose();
        }
    }
}
