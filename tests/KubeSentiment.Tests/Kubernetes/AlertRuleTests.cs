using System.Text.RegularExpressions;

namespace KubeSentiment.Tests.Kubernetes;

/// <summary>Alerts are about metrics that exist, and lead to a page that says what to do.</summary>
public sealed partial class AlertRuleTests
{
    private const string Runbook = "docs/runbook.md";

    private const string OperatorHeader =
        """
        # Generated from observability/alerts.yaml by AlertRuleTests. Change that, then run the tests with UPDATE_DOCS=1 set.
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: kubesentiment
          namespace: kubesentiment
          labels:
            app.kubernetes.io/name: kubesentiment
            app.kubernetes.io/component: metrics
            app.kubernetes.io/part-of: kubesentiment
        spec:

        """;

    [Fact]
    public void Rules_NameMetricsThatExist() => AlertRules.All()
        .SelectMany(rule => QueryMetrics.Of(rule.Expression).Where(metric => !QueryMetrics.IsKnown(metric)).Select(metric => $"{rule.Name}: {metric}"))
        .ShouldBeEmpty();

    [Fact]
    public void Rules_LeadToAHeadingOfTheRunbook()
    {
        var headings = new MarkdownPage(Runbook).Anchors().Select(anchor => $"{Runbook}#{anchor}").ToHashSet();

        AlertRules.All().ShouldNotBeEmpty();
        AlertRules.All().Where(rule => rule.Runbook is null || !headings.Contains(rule.Runbook)).Select(rule => rule.Name).ShouldBeEmpty();
        AlertRules.All().ShouldAllBe(rule => rule.Summary != null && (rule.Severity == "warning" || rule.Severity == "critical"));
    }

    [Fact]
    public void Runbook_NamesAlertsAndPanelsThatExist()
    {
        var text = File.ReadAllText(Path.Combine(CommittedFile.RequireRoot(), Runbook));
        var panels = Dashboards.Queries().Select(query => query.ToString()).ToHashSet();

        var named = Panel().Matches(text).Select(match => match.Groups["panel"].Value).ToList();
        named.Count.ShouldBeGreaterThan(9);
        named.Where(panel => !panels.Contains(panel)).ShouldBeEmpty();
        Alert().Matches(text).Select(match => match.Value).Distinct().Order().ShouldBe(AlertRules.All().Select(rule => rule.Name).Order());
    }

    [Fact]
    public void OperatorsRules_AreTheSame()
    {
        var lines = File.ReadAllLines(Path.Combine(CommittedFile.RequireRoot(), AlertRules.File)).SkipWhile(line => line.StartsWith('#'));

        CommittedFile.ShouldBe("k8s/observability/prometheus-rule.yaml", OperatorHeader + string.Concat(lines.Select(line => line.Length > 0 ? $"  {line}\n" : "\n")));
    }

    // *Cache Performance / Hit rate*
    [GeneratedRegex(@"(?<!\*)\*(?<panel>[A-Z][^*/\n]* / [^*\n]+)\*(?!\*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Panel();

    [GeneratedRegex(@"\bKubeSentiment[A-Z]\w+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Alert();
}
