using System.Reflection;
using System.Runtime.CompilerServices;
using KubeSentiment.Observability;
using NetArchTest.Rules;

namespace KubeSentiment.Tests;

/// <summary>How the rooms may use each other, and what their types look like.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "KubeSentiment";

    /// <summary>
    /// Api, Streaming, Jobs -> Pipeline -> Caching, Inference, Anomalies -> Load, Resilience -> Observability; everyone may use Configuration, which uses
    /// nobody. Doors also tell facts of the rooms behind the pipeline (the model's name, the cache's statistics), so they may know those; HTTP tells those of Kafka and of
    /// jobs, too. Jobs take the way to Redis from Caching.
    /// </summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Api"] = ["Streaming", "Jobs", "Pipeline", "Anomalies", "Caching", "Inference", "Load", "Resilience", "Observability", "Configuration"],
        ["CommandLine"] = ["Pipeline", "Anomalies", "Caching", "Inference", "Load", "Resilience", "Observability", "Configuration"],
        ["Streaming"] = ["Pipeline", "Inference", "Resilience", "Observability", "Configuration"],
        ["Jobs"] = ["Pipeline", "Anomalies", "Caching", "Inference", "Resilience", "Observability", "Configuration"],
        ["Pipeline"] = ["Anomalies", "Caching", "Inference", "Load", "Resilience", "Observability", "Configuration"],
        ["Anomalies"] = ["Observability", "Configuration"],
        ["Load"] = ["Observability", "Configuration"],
        ["Caching"] = ["Resilience", "Observability", "Configuration"],
        ["Resilience"] = ["Observability", "Configuration"],
        ["Inference"] = ["Observability", "Configuration"],
        ["Observability"] = ["Configuration"],
        ["Configuration"] = [],
    };

    /// <summary>What an application in C# would use, and the types in its signatures.</summary>
    private static readonly string[] Public =
    [
        "Program",
        "SentimentPipeline", "TextNames", "Prediction", "AnswerOrigin", "AnswerSource", "PredictionOutcome", "TextFault", "RefusalReason",
        "AnomalyBuffer", "AnomalyBufferStatistics", "AnomalyEntry", "AnomalyType", "Anomaly", "OddPrediction",
        "SentimentCache", "CachedAnswer", "CacheClearance", "CacheHealth", "CacheKey", "CacheLevelStatistics", "CacheStatistics", "CacheType", "SharedCacheStatistics",
        "SentimentConsumers", "SentimentConsumer", "StreamBatch", "StreamBatchState", "ConsumerInstanceInfo", "ConsumerThreadInfo", "PartitionInfo", "ConsumerState",
        "Admission", "AdmissionController", "AdmissionRefusal", "HealthScore", "HpaMetrics", "LoadMetrics", "LoadMonitor", "LoadSnapshot", "ScalingAdvice",
        "Backoff", "CircuitBreaker", "CircuitBreakers", "CircuitCall", "CircuitOpenException", "CircuitSnapshot", "CircuitState", "CircuitTransition",
    ];

    private static readonly string[] VagueEndings = ["Utils", "Util", "Helper", "Helpers", "Manager", "Impl", "Common"];

    private static readonly Assembly Service = typeof(MetricNames).Assembly;

    [Fact]
    public void Folders_OfTheService_AreAllInTheTable() => Rooms().Order().ShouldBe(Allowed.Keys.Order(), "Give the new folder its row in the table.");

    [Fact]
    public void Dependencies_OfEveryFolder_AreAllowed()
    {
        foreach (var (room, allowed) in Allowed)
        {
            // A prefix of names: "KubeSentiment.Load." must not forbid a type that starts with Load.
            var forbidden = Allowed.Keys.Except([room, .. allowed]).Select(other => $"{Root}.{other}").ToArray();
            var result = Types.InAssembly(Service).That().ResideInNamespaceMatching($@"^{Root}\.{room}(\.|$)").ShouldNot().HaveDependencyOnAny(forbidden).GetResult();
            result.IsSuccessful.ShouldBeTrue($"{room} may use {string.Join(", ", allowed)} only: {string.Join(", ", result.FailingTypeNames ?? [])}");
        }
    }

    [Fact]
    public void Dependencies_OfTheTable_PointOneWay()
    {
        foreach (var room in Allowed.Keys)
        {
            Reachable(room).ShouldNotContain(room);
        }
    }

    [Fact]
    public void Types_OutsideThePublicList_AreInternal() =>
        Own().Where(type => type.IsPublic).Select(type => type.Name).Order().ShouldBe(Public.Order());

    [Fact]
    public void Classes_ThatAreNotBases_AreSealed() => Own()
        .Where(type => type is { IsClass: true, IsAbstract: false, IsSealed: false } && type.Name != "Program")
        .Select(type => type.FullName).ShouldBeEmpty();

    [Fact]
    public void Names_OfTypes_SayWhatTheyAre() => Own()
        .Where(type => VagueEndings.Any(ending => type.Name.Split('`')[0].EndsWith(ending, StringComparison.Ordinal)))
        .Select(type => type.FullName).ShouldBeEmpty();

    [Fact]
    public void Files_OfTheRepository_HoldOneIdeaEach()
    {
        const int longest = 400;
        var root = CommittedFile.RequireRoot();
        string[] folders = ["src", "tests", "bench"];

        var files = folders.Select(folder => Path.Combine(root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file => !Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .ToList();

        files.Count.ShouldBeGreaterThan(50);
        files.Where(file => File.ReadLines(file).Count() > longest).Select(file => Path.GetRelativePath(root, file)).ShouldBeEmpty();
    }

    private static IEnumerable<string> Rooms() => Own()
        .Select(type => type.Namespace?.Split('.') is [Root, var room, ..] ? room : null)
        .OfType<string>().Distinct();

    /// <summary>Types written by hand, those inside of others included.</summary>
    private static IEnumerable<Type> Own() => Service.GetTypes().Where(type =>
        !IsGenerated(type) && (type.Namespace is null or Root || type.Namespace.StartsWith($"{Root}.", StringComparison.Ordinal)));

    private static bool IsGenerated(Type? type) => type is not null
        && (type.Name.Contains('<')
            || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
            || type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false)
            || IsGenerated(type.DeclaringType));

    private static HashSet<string> Reachable(string room)
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>(Allowed[room]);
        while (open.TryDequeue(out var next))
        {
            if (reached.Add(next))
            {
                Allowed[next].ToList().ForEach(open.Enqueue);
            }
        }

        return reached;
    }
}
