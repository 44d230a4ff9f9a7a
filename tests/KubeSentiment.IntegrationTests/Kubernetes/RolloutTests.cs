using System.Text.Json.Nodes;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>What the control plane does with the Deployments: rolls them out, spreads them, keeps enough of them.</summary>
[Collection(ControlPlane.Collection)]
public sealed class RolloutTests(ControlPlane cluster)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Rollout_OfTheService_HasTheLeastReplicasOfTheAutoscaler()
    {
        await cluster.StartAsync();

        (await cluster.KubectlAsync("-n", ControlPlane.Namespace, "rollout", "status", "deployment/kubesentiment", "--timeout=60s")).ShouldBeQuiet();
        (await cluster.KubectlAsync("-n", ControlPlane.Namespace, "rollout", "status", "deployment/redis", "--timeout=60s")).ShouldBeQuiet();

        // The manifest says nothing of replicas: the autoscaler's minimum holds even where it has no figures.
        await Poll.UntilAsync(async () => (await cluster.PodsAsync()).Count >= 2, Limit);
        (await cluster.PodsAsync()).ShouldAllBe(pod => (string)pod["spec"]!["serviceAccountName"]! == "kubesentiment");
        (await cluster.PodsAsync()).ShouldAllBe(pod => !pod["spec"]!["volumes"]!.ToJsonString().Contains("kube-api-access"));
    }

    [Fact]
    public async Task Pods_AreSpreadOverZones()
    {
        await cluster.StartAsync();
        await ScaleAsync(6);

        var zones = (await cluster.PodsAsync()).GroupBy(pod => (string)pod["metadata"]!["labels"]!["topology.kubernetes.io/zone"]!).Select(zone => zone.Count());

        zones.ShouldBe([2, 2, 2]);
    }

    [Fact]
    public async Task Evictions_OfAllPods_LeaveTheLastOne()
    {
        await cluster.StartAsync();
        await ScaleAsync(2);

        // New pods are held back, so that the evicted ones are missed.
        (await cluster.KubectlAsync("cordon", "node-1", "node-2", "node-3")).ShouldBeQuiet();
        try
        {
            var pods = await cluster.PodsAsync();
            (await EvictAsync(pods[0])).ShouldBe(201);
            await Poll.UntilAsync(async () => (await ReadyAsync()) == 1, Limit);

            // 429: not now, because of the budget.
            (await EvictAsync(pods[1])).ShouldBe(429);
            (await ReadyAsync()).ShouldBe(1);
        }
        finally
        {
            (await cluster.KubectlAsync("uncordon", "node-1", "node-2", "node-3")).ShouldBeQuiet();
        }

        await Poll.UntilAsync(async () => (await ReadyAsync()) == 2, Limit);
    }

    [Fact]
    public async Task RollingUpdate_NeverHasFewerReadyPodsThanReplicas()
    {
        const int replicas = 5;
        await cluster.StartAsync();
        await ScaleAsync(replicas);
        var before = (await cluster.PodsAsync()).Select(Name).ToHashSet();
        var fewest = int.MaxValue;
        var looks = 0;

        (await cluster.KubectlAsync("-n", ControlPlane.Namespace, "rollout", "restart", "deployment/kubesentiment")).ShouldBeQuiet();
        await Poll.UntilAsync(
            async () =>
            {
                var pods = await cluster.PodsAsync();
                fewest = Math.Min(fewest, pods.Count(IsReady));
                looks++;
                return pods.Count == replicas && pods.All(IsReady) && !pods.Any(pod => before.Contains(Name(pod)));
            },
            Limit);

        fewest.ShouldBeGreaterThanOrEqualTo(replicas);
        looks.ShouldBeGreaterThan(3);
        (await cluster.PodsAsync()).GroupBy(pod => (string)pod["metadata"]!["labels"]!["topology.kubernetes.io/zone"]!).Count().ShouldBe(3);
    }

    private static string Name(JsonNode pod) => (string)pod["metadata"]!["name"]!;

    private static bool IsReady(JsonNode pod) =>
        pod["status"]!["conditions"]?.AsArray().Any(condition => (string)condition!["type"]! == "Ready" && (string)condition["status"]! == "True") ?? false;

    private async Task<int> ReadyAsync() => (await cluster.PodsAsync()).Count(IsReady);

    private async Task ScaleAsync(int replicas)
    {
        (await cluster.KubectlAsync("-n", ControlPlane.Namespace, "scale", "deployment/kubesentiment", $"--replicas={replicas}")).ShouldBeQuiet();
        await Poll.UntilAsync(
            async () => await cluster.PodsAsync() is var pods && pods.Count == replicas && pods.All(IsReady),
            Limit);
    }

    private Task<int> EvictAsync(JsonNode pod) => cluster.PostAsync(
        $"/api/v1/namespaces/{ControlPlane.Namespace}/pods/{Name(pod)}/eviction",
        $$$"""{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"{{{Name(pod)}}}","namespace":"{{{ControlPlane.Namespace}}}"}}""");
}
