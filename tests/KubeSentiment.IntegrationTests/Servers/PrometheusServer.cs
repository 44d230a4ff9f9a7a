using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Servers;

/// <summary>One series of an answer.</summary>
internal sealed record Series(IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>What Prometheus is to scrape, and the labels that its operator would give it.</summary>
internal sealed record ScrapeTarget(Uri Address, string Pod, string Namespace = "kubesentiment");

/// <summary>A real Prometheus on a free port of this machine. Targets may come and go.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("prometheus-").FullName;
    private readonly Process _process;
    private readonly HttpClient _client;

    private PrometheusServer(int scrapeSeconds)
    {
        var program = RealServer.Require("prometheus", "prometheus");
        var port = FreePort.Next();
        File.WriteAllText(
            Path.Combine(_folder, "prometheus.yml"),
            $$"""
            global: {scrape_interval: {{scrapeSeconds}}s, evaluation_interval: {{scrapeSeconds}}s}
            rule_files: [alerts.yaml]
            scrape_configs:
              - job_name: targets
                # As the operator's ServiceMonitor of kube-state-metrics says.
                honor_labels: true
                file_sd_configs: [{files: [targets.json], refresh_interval: 1s}]
            """);
        File.Copy(Path.Combine(Tests.CommittedFile.RequireRoot(), Tests.Kubernetes.AlertRules.File), Path.Combine(_folder, "alerts.yaml"));
        SetTargets([]);
        var start = new ProcessStartInfo(
            program,
            [$"--config.file={_folder}/prometheus.yml", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public static async Task<PrometheusServer> StartAsync(int scrapeSeconds, params IReadOnlyList<ScrapeTarget> targets)
    {
        var server = new PrometheusServer(scrapeSeconds);
        server.SetTargets(targets);
        await Poll.UntilAsync(server.IsReadyAsync, StartLimit);
        return server;
    }

    /// <summary>Scrapes these from now on.</summary>
    public void SetTargets(IEnumerable<ScrapeTarget> targets)
    {
        var list = new JsonArray([.. targets.Select(target => new JsonObject
        {
            ["targets"] = new JsonArray(target.Address.Authority),
            ["labels"] = new JsonObject { ["pod"] = target.Pod, ["namespace"] = target.Namespace },
        })]);

        // Moved into place, so that it is never read half written.
        var file = Path.Combine(_folder, "targets.json");
        File.WriteAllText(file + ".new", list.ToJsonString());
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Evaluates a query now.</summary>
    /// <exception cref="InvalidOperationException">Prometheus does not take the query.</exception>
    public async Task<IReadOnlyList<Series>> QueryAsync(string expression)
    {
        using var content = new FormUrlEncodedContent([new("query", expression)]);
        using var response = await _client.PostAsync("/api/v1/query", content, TestContext.Current.CancellationToken);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"{expression}: {answer["error"]}");
        }

        var data = answer["data"]!;
        return (string)data["resultType"]! == "scalar"
            ? [new Series(new Dictionary<string, string>(), Number(data["result"]!))]
            : [.. data["result"]!.AsArray().Select(series => new Series(
                series!["metric"]!.AsObject().ToDictionary(label => label.Key, label => (string)label.Value!), Number(series["value"]!)))];
    }

    /// <summary>The one value of a query, or nothing while there is none.</summary>
    public async Task<double?> ValueAsync(string expression) => await QueryAsync(expression) is [var series] ? series.Value : null;

    /// <summary>Names of the alerts that are pending or firing.</summary>
    public async Task<IReadOnlySet<string>> AlertsAsync()
    {
        var answer = JsonNode.Parse(await _client.GetStringAsync("/api/v1/alerts", TestContext.Current.CancellationToken))!;
        return answer["data"]!["alerts"]!.AsArray().Select(alert => (string)alert!["labels"]!["alertname"]!).ToHashSet();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.EndAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Of a pair of time and value.</summary>
    private static double Number(JsonNode sample) => double.Parse(
        ((string)sample[1]!).Replace("+Inf", "Infinity", StringComparison.Ordinal).Replace("-Inf", "-Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await _client.GetAsync("/-/ready", TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return false;
        }
    }
}
