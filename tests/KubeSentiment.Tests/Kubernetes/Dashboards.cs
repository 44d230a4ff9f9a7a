using System.Text.Json.Nodes;

namespace KubeSentiment.Tests.Kubernetes;

/// <summary>A query of a panel.</summary>
internal sealed record PanelQuery(string Dashboard, string Panel, string Expression)
{
    /// <summary>What Grafana would send: its variables replaced.</summary>
    public string For(string @namespace, string interval) => Expression
        .Replace("$namespace", @namespace, StringComparison.Ordinal)
        .Replace("$__rate_interval", interval, StringComparison.Ordinal);

    public override string ToString() => $"{Dashboard} / {Panel}";
}

/// <summary>The Grafana dashboards of the repository.</summary>
internal static class Dashboards
{
    /// <summary>How their titles begin.</summary>
    public const string Prefix = "KubeSentiment: ";

    public static IReadOnlyList<string> Files() =>
        [.. Directory.EnumerateFiles(Path.Combine(CommittedFile.RequireRoot(), "observability", "dashboards")).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<JsonNode> All() => [.. Files().Select(file => JsonNode.Parse(File.ReadAllText(file))!)];

    /// <summary>The panels of a dashboard that show something.</summary>
    public static IEnumerable<JsonNode> Panels(JsonNode dashboard) => dashboard["panels"]!.AsArray().Where(panel => (string?)panel!["type"] != "row")!;

    public static string Name(JsonNode dashboard) => ((string)dashboard["title"]!)[Prefix.Length..];

    /// <summary>Every query of every panel.</summary>
    public static IReadOnlyList<PanelQuery> Queries() =>
    [
        .. from dashboard in All()
           from panel in Panels(dashboard)
           from target in panel["targets"]!.AsArray()
           select new PanelQuery(Name(dashboard), (string)panel["title"]!, (string)target!["expr"]!),
    ];
}
