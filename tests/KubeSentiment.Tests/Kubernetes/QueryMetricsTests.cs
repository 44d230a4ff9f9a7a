namespace KubeSentiment.Tests.Kubernetes;

/// <summary>Metrics are found in queries, and strangers told from neighbours.</summary>
public sealed class QueryMetricsTests
{
    [Theory]
    [InlineData("sum by (pod, name) (rate(a_total{x=\"y{z}\"}[5m])) / on (pod) group_left (zone) b > 0.5", "a_total,b")]
    [InlineData("histogram_quantile(0.99, sum by (le) (rate(c_bucket[$__rate_interval]))) or vector(0)", "c_bucket")]
    [InlineData("max_over_time(sum(d)[1h:]) - d and absent(e)", "d,e")]
    public void Of_Query_NamesItsMetrics(string query, string metrics) => QueryMetrics.Of(query).Order().ShouldBe(metrics.Split(','));

    [Theory]
    [InlineData("sentiment_request_duration_seconds_bucket", true)]
    [InlineData("kafka_consumer_lag", true)]
    [InlineData("kube_pod_info", true)]
    [InlineData("sentiment_request_duration", true)]
    [InlineData("sentiment_requests_total", false)]
    [InlineData("kube_pod_inf", false)]
    public void IsKnown_Metric_IsPublishedBySomebody(string metric, bool known) => QueryMetrics.IsKnown(metric).ShouldBe(known);
}
