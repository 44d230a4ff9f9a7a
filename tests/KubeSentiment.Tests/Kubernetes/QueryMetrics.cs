using System.Reflection;
using System.Text.RegularExpressions;
using KubeSentiment.Observability;

namespace KubeSentiment.Tests.Kubernetes;

/// <summary>Which metrics a query names, and who publishes them.</summary>
internal static partial class QueryMetrics
{
    /// <summary>Metrics of the neighbours, as their own documentation names them.</summary>
    private static readonly Dictionary<string, string[]> Foreign = new()
    {
        ["kube-state-metrics"] =
        [
            "kube_deployment_status_replicas", "kube_deployment_status_replicas_ready", "kube_pod_info", "kube_node_labels",
            "kube_pod_container_resource_requests", "kube_pod_container_status_restarts_total",
            "kube_horizontalpodautoscaler_spec_min_replicas", "kube_horizontalpodautoscaler_spec_max_replicas",
            "kube_horizontalpodautoscaler_status_desired_replicas", "kube_horizontalpodautoscaler_status_condition",
        ],
        ["cAdvisor"] =
        [
            "container_cpu_usage_seconds_total", "container_memory_working_set_bytes",
            "container_cpu_cfs_throttled_periods_total", "container_cpu_cfs_periods_total",
        ],
        ["redis_exporter"] =
        [
            "redis_up", "redis_memory_used_bytes", "redis_memory_max_bytes", "redis_evicted_keys_total", "redis_expired_keys_total", "redis_connected_clients",
        ],
        ["the .NET runtime, as the service publishes it"] = ["dotnet_gc_last_collection_memory_committed_size_bytes"],
    };

    /// <summary>The metrics of a query.</summary>
    public static IReadOnlySet<string> Of(string query)
    {
        var bare = Label().Replace(Grouping().Replace(query, " "), " ");
        return Word().Matches(bare).Select(match => match.Value).Where(word => word is not ("and" or "or" or "unless" or "bool" or "offset")).ToHashSet();
    }

    /// <summary>Whether anybody is known to publish the metric.</summary>
    public static bool IsKnown(string metric) =>
        Own().Contains(Suffix().Replace(metric, "")) || Own().Contains(metric) || Foreign.Values.Any(names => names.Contains(metric));

    /// <summary>The service's instruments.</summary>
    private static HashSet<string> Own() => [.. typeof(MetricNames).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral && field.FieldType == typeof(string))
        .Select(field => (string)field.GetRawConstantValue()!)];

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|""[^""]*""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Label();

    // Not a function, not a part of a number.
    [GeneratedRegex(@"(?<![\w.])[a-zA-Z_:][\w:]*\b(?!\s*\()", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex("(_seconds)?(_total|_bucket|_sum|_count)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Suffix();
}
