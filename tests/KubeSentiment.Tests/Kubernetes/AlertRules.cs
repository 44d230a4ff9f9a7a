using System.Text.Json.Nodes;

namespace KubeSentiment.Tests.Kubernetes;

/// <summary>An alert.</summary>
internal sealed record AlertRule(string Name, string Expression, string? Runbook, string? Severity, string? Summary);

/// <summary>The alert rules of the repository.</summary>
internal static class AlertRules
{
    public const string File = "observability/alerts.yaml";

    public static IReadOnlyList<AlertRule> All() =>
    [
        .. from rule in Manifests.Document(File)["groups"]!.AsArray().SelectMany(rules => rules!["rules"]!.AsArray())
           select new AlertRule(
               (string)rule["alert"]!,
               (string)rule["expr"]!,
               Annotation(rule, "runbook_url"),
               (string?)rule["labels"]?["severity"],
               Annotation(rule, "summary")),
    ];

    private static string? Annotation(JsonNode rule, string name) => (string?)rule["annotations"]?[name];
}
