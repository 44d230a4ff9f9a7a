using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeSentiment.Tests.Kubernetes;

/// <summary>The repository's Kubernetes manifests, as JSON.</summary>
internal static class Manifests
{
    /// <summary>The files that <c>kubectl apply -f k8s/</c> reads, in its order.</summary>
    public static IReadOnlyList<string> Files() =>
        [.. Directory.EnumerateFiles(Path.Combine(CommittedFile.RequireRoot(), "k8s"), "*.yaml").Order(StringComparer.Ordinal)];

    /// <summary>Every object in those files.</summary>
    public static IReadOnlyList<JsonNode> All() => [.. Files().SelectMany(file => Documents(File.ReadAllText(file)))];

    /// <summary>One of the objects.</summary>
    public static JsonNode One(string kind, string name = "kubesentiment") => Find(All(), kind, name);

    /// <summary>One of some objects.</summary>
    public static JsonNode Find(IEnumerable<JsonNode> objects, string kind, string name) =>
        objects.Single(item => (string?)item["kind"] == kind && (string?)item["metadata"]!["name"] == name);

    /// <summary>A file of the repository that holds one document.</summary>
    public static JsonNode Document(string path) => Documents(File.ReadAllText(Path.Combine(CommittedFile.RequireRoot(), path))).Single();

    /// <summary>The service's container in its Deployment.</summary>
    public static JsonNode Container(JsonNode deployment, string name = "kubesentiment") =>
        deployment["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Single(container => (string?)container!["name"] == name)!;

    /// <summary>The data of a ConfigMap.</summary>
    public static Dictionary<string, string> Data(JsonNode configMap) =>
        configMap["data"]!.AsObject().ToDictionary(entry => entry.Key, entry => (string)entry.Value!);

    /// <summary>The documents in YAML.</summary>
    public static IEnumerable<JsonNode> Documents(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Select(document => Json(document.RootNode)!);
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Json(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value!),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new InvalidOperationException($"An unexpected {node.NodeType}."),
    };

    /// <summary>As YAML 1.2 resolves a word without quotes.</summary>
    private static JsonValue? Plain(string word) => word switch
    {
        "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        // As if read from JSON: it then is an int as well as a long.
        _ when long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture))!.AsValue(),
        _ when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(word),
    };
}
