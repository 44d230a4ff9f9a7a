using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.Tests.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>
/// What stands between Prometheus and the autoscaler: the resource metrics that a metrics server would give, and the pods' custom metrics by the rule in
/// observability/prometheus-adapter.yaml, as the adapter would give them.
/// </summary>
internal sealed class MetricsApi : IAsyncDisposable
{
    /// <summary>Shorter than a user's, as the tests scrape more often.</summary>
    private const string CpuWindow = "15s";
    private const string ResourceGroup = "metrics.k8s.io";
    private const string CustomGroup = "custom.metrics.k8s.io";
    private static readonly string[] CustomVersions = ["v1beta1", "v1beta2"];

    private readonly WebApplication _app;
    private readonly PrometheusServer _prometheus;
    private readonly Func<IReadOnlyList<string>> _pods;
    private readonly JsonNode _rule = Manifests.Document("observability/prometheus-adapter.yaml")["rules"]![0]!;

    private MetricsApi(PrometheusServer prometheus, Func<IReadOnlyList<string>> pods)
    {
        _prometheus = prometheus;
        _pods = pods;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate())));
        _app = builder.Build();
        _app.MapGet($"/apis/{ResourceGroup}/v1beta1", () => Json(Resources(ResourceGroup, "v1beta1", "pods", "PodMetrics")));
        _app.MapGet($"/apis/{ResourceGroup}/v1beta1/namespaces/{{ns}}/pods", ResourceMetricsAsync);
        foreach (var version in CustomVersions)
        {
            _app.MapGet($"/apis/{CustomGroup}/{version}", () => Json(Resources(CustomGroup, version, $"pods/{MetricName}", "MetricValueList")));
            _app.MapGet($"/apis/{CustomGroup}/{version}/namespaces/{{ns}}/pods/*/{{metric}}", (string ns, string metric) => CustomMetricsAsync(version, ns, metric));
        }
    }

    private string MetricName => (string)_rule["name"]!["as"]!;

    /// <summary>Serves the metrics of pods that Prometheus scrapes, and tells the API server of itself.</summary>
    public static async Task<MetricsApi> StartAsync(ControlPlane cluster, PrometheusServer prometheus, Func<IReadOnlyList<string>> pods)
    {
        var api = new MetricsApi(prometheus, pods);
        await api._app.StartAsync(TestContext.Current.CancellationToken);
        var port = new Uri(api._app.Urls.Single()).Port;
        await cluster.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: Service
            metadata: {name: metrics-api, namespace: kube-system}
            spec: {type: ExternalName, externalName: localhost}
            """);
        foreach (var (group, version) in Groups())
        {
            await cluster.ApplyAsync(
                $$"""
                apiVersion: apiregistration.k8s.io/v1
                kind: APIService
                metadata: {name: {{version}}.{{group}}}
                spec:
                  group: {{group}}
                  version: {{version}}
                  service: {name: metrics-api, namespace: kube-system, port: {{port}}}
                  insecureSkipTLSVerify: true
                  groupPriorityMinimum: 100
                  versionPriority: 100
                """);
        }

        return api;
    }

    /// <summary>Takes the registrations back: without a server behind them the API server would complain to everybody.</summary>
    public static async Task UnregisterAsync(ControlPlane cluster) =>
        (await cluster.KubectlAsync(["delete", "apiservice", .. Groups().Select(group => $"{group.Version}.{group.Group}"), "--ignore-not-found"])).ExitCode.ShouldBe(0);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static IEnumerable<(string Group, string Version)> Groups() => [(ResourceGroup, "v1beta1"), .. CustomVersions.Select(version => (CustomGroup, version))];

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static IResult Json(JsonNode node) => Results.Text(node.ToJsonString(), "application/json");

    private static JsonObject Resources(string group, string version, string name, string kind) => new()
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = $"{group}/{version}",
        ["resources"] = new JsonArray(new JsonObject
        {
            ["name"] = name,
            ["singularName"] = "",
            ["namespaced"] = true,
            ["kind"] = kind,
            ["verbs"] = new JsonArray("get", "list"),
        }),
    };

    private static JsonObject List(string kind, string version, IEnumerable<JsonObject> items) => new()
    {
        ["kind"] = kind,
        ["apiVersion"] = version,
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. items]),
    };

    private static string Now() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    /// <summary>CPU and memory of the processes, as the container runtime would measure them.</summary>
    private async Task<IResult> ResourceMetricsAsync(string ns)
    {
        var matchers = $"namespace=\"{ns}\"";
        var cpu = await ByPodAsync($"sum by (pod) (rate(dotnet_process_cpu_time_seconds_total{{{matchers}}}[{CpuWindow}]))");
        var memory = await ByPodAsync($"sum by (pod) (dotnet_process_memory_working_set_bytes{{{matchers}}})");
        var items = _pods().Where(pod => cpu.ContainsKey(pod) && memory.ContainsKey(pod)).Select(pod => new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = pod, ["namespace"] = ns, ["labels"] = new JsonObject { ["app.kubernetes.io/name"] = "kubesentiment" } },
            ["timestamp"] = Now(),
            ["window"] = CpuWindow,
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = "kubesentiment",
                ["usage"] = new JsonObject { ["cpu"] = $"{cpu[pod] * 1000:0}m", ["memory"] = $"{memory[pod]:0}" },
            }),
        });
        return Json(List("PodMetricsList", $"{ResourceGroup}/v1beta1", items));
    }

    private async Task<IResult> CustomMetricsAsync(string version, string ns, string metric)
    {
        if (metric != MetricName)
        {
            return Results.NotFound();
        }

        // As the adapter fills its rule's template.
        var series = ((string)_rule["seriesQuery"]!).Split('{')[0];
        var query = ((string)_rule["metricsQuery"]!)
            .Replace("<<.Series>>", series, StringComparison.Ordinal)
            .Replace("<<.LabelMatchers>>", $"namespace=\"{ns}\",pod=~\"{string.Join('|', _pods())}\"", StringComparison.Ordinal)
            .Replace("<<.GroupBy>>", "pod", StringComparison.Ordinal);
        var values = await ByPodAsync(query);
        var items = values.Select(value =>
        {
            var item = new JsonObject
            {
                ["describedObject"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = ns, ["name"] = value.Key, ["apiVersion"] = "/v1" },
                ["timestamp"] = Now(),
                ["value"] = $"{value.Value * 1000:0}m",
            };
            item[version == "v1beta1" ? "metricName" : "metric"] = version == "v1beta1" ? metric : new JsonObject { ["name"] = metric };
            return item;
        });
        return Json(List("MetricValueList", $"{CustomGroup}/{version}", items));
    }

    private async Task<Dictionary<string, double>> ByPodAsync(string query) =>
        (await _prometheus.QueryAsync(query)).ToDictionary(series => series.Labels["pod"], series => series.Value);
}
