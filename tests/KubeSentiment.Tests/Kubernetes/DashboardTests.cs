using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeSentiment.Resilience;

namespace KubeSentiment.Tests.Kubernetes;

/// <summary>The dashboards show what they should, from metrics that exist. That each query gives data is for the tests with a real Prometheus.</summary>
public sealed class DashboardTests
{
    [Theory]
    [InlineData("Scalability Overview", "Replicas", "HPA status", "Pod distribution by node", "Pod distribution by zone", "CPU", "Memory")]
    [InlineData("Cache Performance", "Hit rate", "Size in memory", "Size in Redis", "Latency of Redis", "Errors by operation")]
    [InlineData("Load Balancing", "Requests a pod", "Health scores", "Circuit breakers", "Response times", "Jobs not ended", "Jobs a minute", "Store of jobs")]
    [InlineData("Kafka Consumer", "Lag by partition", "Throughput by pod", "Partitions a pod", "Writing and committing a batch")]
    public void Panels_OfDashboard_AreThere(string name, params string[] panels)
    {
        var dashboard = Dashboards.All().Single(dashboard => Dashboards.Name(dashboard) == name);

        var titles = Dashboards.Panels(dashboard).Select(panel => (string)panel["title"]!).ToList();
        panels.Except(titles).ShouldBeEmpty();
        titles.ShouldBeUnique();
    }

    [Fact]
    public void Queries_OfPanels_NameMetricsThatExist() => Dashboards.Queries()
        .SelectMany(query => QueryMetrics.Of(query.Expression).Where(metric => !QueryMetrics.IsKnown(metric)).Select(metric => $"{query}: {metric}"))
        .ShouldBeEmpty();

    [Fact]
    public void Queries_OfPanels_LookAtTheChosenNamespaceOnly() => Dashboards.Queries()
        .Where(query => QueryMetrics.Of(query.Expression).Except(["kube_node_labels"]).Any()
            && query.Expression.Count(c => c == '{') != query.Expression.Split("namespace=\"$namespace\"").Length - 1)
        .Select(query => query.ToString()).ShouldBeEmpty();

    /// <summary>A breaker that no panel shows opens in silence: feedback has one beside that of the results.</summary>
    [Fact]
    public void Queries_OfTheBreakersOfKafka_ShowEachOfThem()
    {
        string[] breakers = [.. typeof(CircuitBreakers).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];
        var query = Dashboards.Queries().Single(query => query.Dashboard == "Kafka Consumer" && query.Expression.Contains("sentiment_circuit_breaker_state", StringComparison.Ordinal));

        var shown = Regex.Match(query.Expression, "name=~\"(?<names>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["names"].Value;

        query.Expression.ShouldStartWith("max by (pod, name) ");
        breakers.Where(name => Regex.IsMatch(name, $"^(?:{shown})$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            .ShouldBe([CircuitBreakers.Kafka, CircuitBreakers.KafkaFeedback], ignoreOrder: true);
    }

    [Fact]
    public void Queries_ThatAreTriedByPromtool_AreThoseOfThePanels()
    {
        var queries = Dashboards.Queries().Select(query => query.For("kubesentiment", "2m")).ToHashSet();

        var tried = Manifests.Document("observability/panels.test.yaml")["tests"]!.AsArray().SelectMany(test => test!["promql_expr_test"]!.AsArray()).Select(test => (string)test!["expr"]!).ToList();
        tried.ShouldNotBeEmpty();
        tried.Where(query => !queries.Contains(query)).ShouldBeEmpty();
    }

    [Fact]
    public void Panels_OfEveryDashboard_ExplainThemselvesAndDoNotOverlap()
    {
        foreach (var dashboard in Dashboards.All())
        {
            var panels = dashboard["panels"]!.AsArray();
            panels.Select(panel => (int)panel!["id"]!).ShouldBeUnique();
            var cells = panels.SelectMany(panel => Cells(panel!["gridPos"]!)).ToList();
            cells.ShouldBeUnique(Dashboards.Name(dashboard));
            cells.ShouldAllBe(cell => cell.X >= 0 && cell.X < 24);
            Dashboards.Panels(dashboard).Where(panel => string.IsNullOrWhiteSpace((string?)panel["description"])).ShouldBeEmpty();
            Dashboards.Panels(dashboard).ShouldAllBe(panel => (string)panel["datasource"]!["uid"]! == "${datasource}");
        }
    }

    [Fact]
    public void ConfigMap_OfDashboards_HoldsAllOfThem()
    {
        var generators = Manifests.Document("observability/kustomization.yaml")["configMapGenerator"]!.AsArray();

        var files = generators.Single(generator => (string?)generator!["name"] == "kubesentiment-dashboards")!["files"]!.AsArray().Select(file => (string)file!);
        files.Order().ShouldBe(Dashboards.Files().Select(file => $"dashboards/{Path.GetFileName(file)}"));
    }

    private static IEnumerable<(int X, int Y)> Cells(JsonNode position) =>
        from x in Enumerable.Range((int)position["x"]!, (int)position["w"]!)
        from y in Enumerable.Range((int)position["y"]!, (int)position["h"]!)
        select (x, y);
}
