using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using KubeSentiment.Configuration;
using KubeSentiment.Inference;
using KubeSentiment.Tests.Api;
using KubeSentiment.Tests.Configuration;

namespace KubeSentiment.Tests.Kubernetes;

/// <summary>The manifests agree with the service and with each other. That the API server takes them is for the tests with a real one.</summary>
public sealed partial class ManifestTests(TestService service)
{
    private static JsonNode Pod => Manifests.One("Deployment")["spec"]!["template"]!["spec"]!;

    private static JsonNode Container => Manifests.Container(Manifests.One("Deployment"));

    private static Dictionary<string, string> Settings => Manifests.Data(Manifests.One("ConfigMap"));

    [Fact]
    public void ConfigMap_Variables_AreSettingsWithAllowedValues()
    {
        var reading = Read.From(SettingsCatalog.OfProgram(), Settings.Select(setting => (setting.Key, setting.Value)));

        reading.Errors.ShouldBeEmpty();
        reading.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("laptop")]
    [InlineData("production")]
    public void Overlay_Variables_AreSettingsWithAllowedValues(string overlay)
    {
        var patches = Manifests.Document($"overlays/{overlay}/kustomization.yaml")["patches"]!.AsArray()
            .Where(patch => (string?)patch!["target"]!["kind"] == "ConfigMap")
            .SelectMany(patch => Manifests.Documents((string)patch!["patch"]!).Single().AsArray())
            .Select(operation => (((string)operation!["path"]!)["/data/".Length..], (string)operation["value"]!))
            .ToList();

        var reading = Read.From(SettingsCatalog.OfProgram(), patches);

        patches.ShouldNotBeEmpty();
        reading.Errors.ShouldBeEmpty();
        reading.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Deployment_Variables_AreSettings()
    {
        var known = SettingsCatalog.OfProgram().Settings.Select(setting => setting.Variable).ToHashSet();

        Variables(Container).Where(name => name.StartsWith(SettingAttribute.Prefix, StringComparison.Ordinal)).Except(known).ShouldBeEmpty();
    }

    [Fact]
    public async Task Probes_AskRoutesThatAnswer200()
    {
        foreach (var probe in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
        {
            var get = Container[probe]!["httpGet"]!;

            ((string)get["port"]!).ShouldBe("http");
            (await service.GetAsync((string)get["path"]!)).ShouldBeOk();
        }

        // What cloud load balancers ask is what the kubelet asks.
        var annotations = Manifests.One("Service")["metadata"]!["annotations"]!.AsObject();
        annotations.Where(annotation => annotation.Key.EndsWith("-path", StringComparison.Ordinal)).Select(annotation => (string)annotation.Value!)
            .ShouldAllBe(path => path == (string)Container["readinessProbe"]!["httpGet"]!["path"]!);
    }

    [Fact]
    public void Ports_AreThoseTheServiceListensOn()
    {
        var ports = Container["ports"]!.AsArray().ToDictionary(port => (string)port!["name"]!, port => port!["containerPort"]!.ToString());

        ports.ShouldBe(new Dictionary<string, string> { ["http"] = Settings["MLOPS_PORT"], ["metrics"] = Settings["MLOPS_METRICS_PORT"] }, ignoreOrder: true);
        ports.Values.ShouldBeUnique();
    }

    [Fact]
    public void Metrics_AreNotPublic()
    {
        var balancer = Manifests.All().Single(item => (string?)item["kind"] == "Service" && (string?)item["spec"]!["type"] == "LoadBalancer");
        var policy = Manifests.One("NetworkPolicy");

        balancer["spec"]!["ports"]!.AsArray().Select(port => (string)port!["targetPort"]!).ShouldBe(["http"]);
        policy["spec"]!["ingress"]!.AsArray().Where(rule => rule!["from"] is null).SelectMany(rule => rule!["ports"]!.AsArray()).Select(port => (string)port!["port"]!)
            .ShouldBe(["http"]);
    }

    [Fact]
    public void Affinity_OnAws_IsLeftToTheControllerThatTakesIt()
    {
        var balancer = Manifests.One("Service");

        ((string)balancer["spec"]!["sessionAffinity"]!).ShouldBe("ClientIP");
        string Aws(string name) => (string)balancer["metadata"]!["annotations"]![$"service.beta.kubernetes.io/aws-load-balancer-{name}"]!;
        // Kubernetes' own provider ends with an error; the controller takes "external" only together with a target type, and is internal by default.
        (Aws("type"), Aws("nlb-target-type"), Aws("scheme")).ShouldBe(("external", "instance", "internet-facing"));
        Aws("target-group-attributes").ShouldContain("stickiness.type=source_ip");
    }

    [Fact]
    public void Stopping_FitsInTheGracePeriod()
    {
        var sleep = (int)Container["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!;
        var drain = int.Parse(Settings["MLOPS_SHUTDOWN_DRAIN_SECONDS"]);
        var timeout = int.Parse(Settings["MLOPS_SHUTDOWN_TIMEOUT"]);

        sleep.ShouldBeGreaterThan(0);
        drain.ShouldBeGreaterThan(0);
        (sleep + drain + timeout).ShouldBeLessThan((int)Pod["terminationGracePeriodSeconds"]!);
    }

    [Fact]
    public void Image_HasTheVersionOfTheProgram()
    {
        var version = XDocument.Load(Path.Combine(CommittedFile.RequireRoot(), "Directory.Build.props")).Descendants("Version").Single().Value;

        ((string)Container["image"]!).ShouldBe($"kubesentiment:{version}");
        ((string)Manifests.Document("overlays/production/kustomization.yaml")["images"]![0]!["newTag"]!).ShouldBe(version);
    }

    [Fact]
    public void Autoscaler_Rules_AreTheDocumentedOnes()
    {
        var spec = Manifests.One("HorizontalPodAutoscaler")["spec"]!;

        ((int)spec["minReplicas"]!, (int)spec["maxReplicas"]!).ShouldBe((2, 10));
        spec["metrics"]!.AsArray().Select(Target).ShouldBe(["cpu 70", "memory 80", "active_requests 50"]);
        Rules(spec["behavior"]!["scaleUp"]!).ShouldBe("Max 60: Percent 100/60, Pods 4/60");
        Rules(spec["behavior"]!["scaleDown"]!).ShouldBe("Min 300: Percent 50/60, Pods 2/60");
        Settings["MLOPS_SCALE_UP_ACTIVE"].ShouldBe("50");
        ((string)Manifests.Document("observability/prometheus-adapter.yaml")["rules"]![0]!["name"]!["as"]!).ShouldBe("active_requests");

        // How many there are is for the autoscaler alone.
        Manifests.One("Deployment")["spec"]!["replicas"].ShouldBeNull();
    }

    [Fact]
    public void Overload_IsAnsweredByABrownOut_NoLowerThanItsCostIsPublished()
    {
        var floor = double.Parse(Settings["MLOPS_CASCADE_FLOOR"], CultureInfo.InvariantCulture);

        floor.ShouldBeLessThan(new CascadeOptions().Threshold);
        File.ReadAllText(Path.Combine(CommittedFile.RequireRoot(), "docs/cascade.md")).ShouldContain($"| set | full alone | {floor:0.00} |");
    }

    [Fact]
    public void ScaledObject_HasTheRulesOfTheAutoscaler()
    {
        var autoscaler = Manifests.One("HorizontalPodAutoscaler")["spec"]!;
        var keda = Manifests.Document("k8s/observability/keda/scaled-object.yaml")["spec"]!;

        JsonNode.DeepEquals(keda["advanced"]!["horizontalPodAutoscalerConfig"]!["behavior"], autoscaler["behavior"]).ShouldBeTrue();
        ((int)keda["minReplicaCount"]!, (int)keda["maxReplicaCount"]!).ShouldBe(((int)autoscaler["minReplicas"]!, (int)autoscaler["maxReplicas"]!));
        keda["triggers"]!.AsArray().Select(trigger => $"{trigger!["name"] ?? trigger["type"]} {trigger["metadata"]!["value"] ?? trigger["metadata"]!["threshold"]}")
            .ShouldBe(autoscaler["metrics"]!.AsArray().Select(Target));
        QueryMetrics.Of((string)keda["triggers"]![2]!["metadata"]!["query"]!).ShouldBe(["sentiment_active_requests"]);
    }

    [Fact]
    public void Autoscaler_OfEitherKind_HasTheNameThatPanelsAndAlertsAskFor()
    {
        var names = AlertRules.All().Select(rule => rule.Expression).Concat(Dashboards.Queries().Select(query => query.Expression))
            .SelectMany(expression => AutoscalerName().Matches(expression)).Select(match => match.Groups["name"].Value).Distinct();

        names.ShouldBe([(string)Manifests.One("HorizontalPodAutoscaler")["metadata"]!["name"]!]);
        names.ShouldBe([(string)Manifests.Document("k8s/observability/keda/scaled-object.yaml")["spec"]!["advanced"]!["horizontalPodAutoscalerConfig"]!["name"]!]);
    }

    [Fact]
    public void DisruptionBudget_SaysOnlyHowManyMustStay()
    {
        var spec = Manifests.One("PodDisruptionBudget")["spec"]!.AsObject();

        spec.Select(field => field.Key).Order().ShouldBe(["minAvailable", "selector"]);
        ((int)spec["minAvailable"]!).ShouldBe(1);
    }

    [Fact]
    public void Redis_Memory_LeavesRoomBelowTheLimit()
    {
        var configuration = Manifests.Data(Manifests.One("ConfigMap", "redis"))["redis.conf"].Split('\n');
        var most = long.Parse(configuration.Single(line => line.StartsWith("maxmemory ", StringComparison.Ordinal))["maxmemory ".Length..^"mb".Length]);
        var limit = (string)Manifests.Container(Manifests.One("Deployment", "redis"), "redis")["resources"]!["limits"]!["memory"]!;

        limit.ShouldEndWith("Gi");
        (most / 1024.0 / int.Parse(limit[..^2])).ShouldBeInRange(0.5, 0.65);
        configuration.ShouldContain("maxmemory-policy allkeys-lru");
        ((string)Manifests.One("Deployment", "redis")["spec"]!["strategy"]!["type"]!).ShouldBe("Recreate");
    }

    [Fact]
    public void Secrets_AreNeitherShippedNorNeededUntilProductionSaysSo()
    {
        Manifests.All().Where(item => (string?)item["kind"] == "Secret").ShouldBeEmpty();
        var references = Manifests.All().Where(item => (string?)item["kind"] == "Deployment").SelectMany(Secrets).ToList();
        references.Count.ShouldBe(5);
        references.ShouldAllBe(reference => (bool)reference["optional"]!);

        File.ReadAllText(Path.Combine(CommittedFile.RequireRoot(), "overlays/production/kustomization.yaml")).Split("/optional\n").Length.ShouldBe(references.Count + 1);
    }

    [Fact]
    public void ServiceLinks_AreOff_SoThatNoServiceSetsASetting() => Manifests.All().Where(item => (string?)item["kind"] == "Deployment")
        .ShouldAllBe(item => item["spec"]!["template"]!["spec"]!["enableServiceLinks"]!.GetValue<bool>() == false);

    private static IEnumerable<string> Variables(JsonNode container) => container["env"]!.AsArray().Select(variable => (string)variable!["name"]!);

    private static IEnumerable<JsonNode> Secrets(JsonNode node) => node switch
    {
        JsonObject map => map.SelectMany(field => field.Key is "secretRef" or "secretKeyRef" ? [field.Value!] : field.Value is null ? [] : Secrets(field.Value)),
        JsonArray list => list.OfType<JsonNode>().SelectMany(Secrets),
        _ => [],
    };

    private static string Target(JsonNode? metric) => (string)metric!["type"]! == "Pods"
        ? $"{metric["pods"]!["metric"]!["name"]} {metric["pods"]!["target"]!["averageValue"]}"
        : $"{metric["resource"]!["name"]} {metric["resource"]!["target"]!["averageUtilization"]}";

    private static string Rules(JsonNode behavior) =>
        $"{behavior["selectPolicy"]} {behavior["stabilizationWindowSeconds"]}: "
        + string.Join(", ", behavior["policies"]!.AsArray().Select(policy => $"{policy!["type"]} {policy["value"]}/{policy["periodSeconds"]}"));

    [GeneratedRegex("horizontalpodautoscaler=\"(?<name>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AutoscalerName();
}
