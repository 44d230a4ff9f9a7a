using System.Text.Json.Nodes;
using KubeSentiment.IntegrationTests.Servers;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>The API server takes the manifests as they are.</summary>
[Collection(ControlPlane.Collection)]
public sealed class ApplyTests(ControlPlane cluster)
{
    [Fact]
    public async Task Apply_OnAPlainCluster_WarnsOfNothing() => (await cluster.StartAsync()).ShouldBeQuiet();

    [Fact]
    public async Task Apply_ServerSide_WarnsOfNothing()
    {
        await cluster.StartAsync();

        var output = (await cluster.KubectlAsync("apply", "--server-side", "-f", "k8s/")).ShouldBeQuiet();

        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(Tests.Kubernetes.Manifests.All().Count);
    }

    [Theory]
    [InlineData("overlays/laptop")]
    [InlineData("overlays/production")]
    [InlineData("k8s/observability")]
    public async Task Apply_Overlay_WarnsOfNothing(string folder)
    {
        await cluster.StartAsync();
        await InstallOperatorsAsync();

        // The laptop's volume is smaller than the one there is, which cannot shrink; so it goes into a namespace of its own.
        var rendered = (await cluster.KubectlAsync("kustomize", folder)).ShouldBeQuiet().Replace("namespace: kubesentiment", "namespace: overlay", StringComparison.Ordinal);
        await cluster.ApplyAsync(
            "{apiVersion: v1, kind: Namespace, metadata: {name: overlay, labels: {pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/warn: restricted}}}");
        await cluster.ApplyAsync(rendered);
        (await cluster.KubectlAsync("delete", "namespace", "overlay", "--wait")).ShouldBeQuiet();
    }

    [Fact]
    public async Task Kustomize_WithKeda_HasOneAutoscaler()
    {
        await cluster.StartAsync();
        await InstallOperatorsAsync();

        // A folder beside k8s/, as an overlay of a user's is.
        var overlay = Directory.CreateDirectory(Path.Combine(Tests.CommittedFile.RequireRoot(), "overlays", $"test-{Guid.NewGuid():N}"));
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(overlay.FullName, "kustomization.yaml"),
                "resources: [../../k8s]\ncomponents: [../../k8s/observability/keda]\n",
                TestContext.Current.CancellationToken);
            var rendered = (await cluster.KubectlAsync("kustomize", overlay.FullName)).ShouldBeQuiet();

            Tests.Kubernetes.Manifests.Documents(rendered).Select(item => (string)item["kind"]!).ShouldContain("ScaledObject");
            Tests.Kubernetes.Manifests.Documents(rendered).Select(item => (string)item["kind"]!).ShouldNotContain("HorizontalPodAutoscaler");
            (await cluster.KubectlAsync("apply", "--server-side", "-f", "k8s/observability/keda/scaled-object.yaml")).ShouldBeQuiet();
        }
        finally
        {
            overlay.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Namespace_TakesNoPodThatIsNotRestricted()
    {
        await cluster.StartAsync();

        var status = await cluster.PostAsync(
            $"/api/v1/namespaces/{ControlPlane.Namespace}/pods",
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Pod",
                ["metadata"] = new JsonObject { ["name"] = "root" },
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "root", ["image"] = "anything" }) },
            }.ToJsonString());

        status.ShouldBe(403);
    }

    private async Task InstallOperatorsAsync()
    {
        var definitions = Path.Combine(Path.GetDirectoryName(cluster.Script)!, "crds");
        Assert.SkipUnless(Directory.Exists(definitions), $"Needs the definitions of the operators' kinds in {definitions}.");
        (await cluster.KubectlAsync("apply", "--server-side", "-f", definitions)).ShouldBeQuiet();
        (await cluster.KubectlAsync("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")).ShouldBeQuiet();
        await cluster.ApplyAsync("{apiVersion: v1, kind: Namespace, metadata: {name: monitoring}}");
    }
}
