using KubeSentiment.Observability;
using Scalar.AspNetCore;

namespace KubeSentiment.Api;

/// <summary>Every route of the service, in one list.</summary>
internal static class ApiRoutes
{
    public const string Prefix = "/api/v1";
    public const string Predict = "/predict";
    public const string PredictName = "predict";
    public const string PredictBatchName = "predict_batch";
    public const string FeaturesName = "features";
    public const string RootName = "root";
    public const string SubmitName = "job_submit";
    public const string Documentation = "/docs";

    private const string Live = "/live";
    private const string Ready = "/ready";
    private const string Health = "/health";
    private const string Metrics = "/metrics";

    /// <summary>The library's page says no language, and its grey is too pale for WCAG's contrast of 4.5.</summary>
    private const string ReadableByAll =
        """
        <script>document.documentElement.lang = 'en'</script>
        <style>.light-mode.light-mode { --scalar-color-3: #686868 } .dark-mode.dark-mode { --scalar-color-3: #9c9c9c }</style>
        """;

    private static readonly HashSet<string> ProbePaths = new(
        from prefix in new[] { "", Prefix } from probe in new[] { Live, Ready, Health, Metrics } select prefix + probe, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a path is one that Kubernetes and Prometheus ask for, again and again.</summary>
    public static bool IsProbe(PathString path) => path.HasValue && ProbePaths.Contains(path.Value);

    public static void MapSentimentApi(this WebApplication app)
    {
        var root = app.MapGroup("").WithMetadata(new ApiKeyGuard.OpenToAll());
        root.MapGet("/", ServiceEndpoints.Root).WithName(RootName).WithTags("Service")
            .WithSummary("What answers here; the playground page for browsers.");
        root.MapMethods("/", [HttpMethods.Head], ServiceEndpoints.Root).ExcludeFromDescription();
        root.MapOpenApi().AnswersHead();
        root.MapScalarApiReference(Documentation, scalar => scalar.WithTitle("KubeSentiment").DisableDefaultFonts().AddHeadContent(ReadableByAll)).AnswersHead();
        MapProbes(root);

        var api = app.MapGroup(Prefix);
        MapProbes(api.MapGroup("").WithMetadata(new ApiKeyGuard.OpenToAll()).ExcludeFromDescription());
        MapPredictions(api.MapGroup("").WithTags("Predictions"));
        MapModel(api.MapGroup("").WithTags("Model"));
        MapAnomalies(api.MapGroup("").WithTags("Anomalies"));
        MapCache(api.MapGroup("").WithTags("Cache"));
        MapLoad(api.MapGroup("").WithTags("Load"));
        MapKafka(api.MapGroup("").WithTags("Kafka"));
        MapJobs(api.MapGroup("/batch").WithTags("Jobs"));
    }

    private static void MapJobs(RouteGroupBuilder group)
    {
        group.AddEndpointFilter(JobEndpoints.GuardAsync);
        group.MapPost("/predict", JobEndpoints.Submit).WithName(SubmitName).WithSummary("Takes on a background job: more texts than one request should wait for.")
            .WithDescription("The body is a JSON object, or application/x-ndjson: a JSON string or an object with `text` on each line, priority and timeout in the query.")
            .ProducesProblems(400, 413, 415, 422, 503, 504);
        group.MapGet("/status/{id}", JobEndpoints.Status).WithName("job_status").WithSummary("How far a job is.").ProducesProblems(404, 503);
        group.MapGet("/results/{id}", JobEndpoints.Results).WithName("job_results").WithSummary("The results of a job that has ended, page by page.")
            .ProducesProblems(404, 409, 422, 503);
        group.MapDelete("/jobs/{id}", JobEndpoints.Cancel).WithName("job_cancel").WithSummary("Calls a job off.").ProducesProblems(404, 503);
        group.MapGet("/metrics", JobEndpoints.Metrics).WithName("job_metrics").WithSummary("What this replica has done for jobs.").ProducesProblems(503);
        group.MapGet("/queue/status", JobEndpoints.Queue).WithName("job_queue").WithSummary("What waits, and how much may.").ProducesProblems(503);
    }

    private static void MapKafka(RouteGroupBuilder group)
    {
        group.MapGet("/kafka/consumer", KafkaEndpoints.Consumer).WithName("kafka_consumer").WithSummary("What the consumers of this replica do, and their lag.")
            .ProducesProblems(503);
        group.MapGet("/kafka-metrics", KafkaEndpoints.Metrics).WithName("kafka_metrics").WithSummary("What the consumers of this replica have done.").ProducesProblems(503);
        group.MapPost("/feedback", FeedbackEndpoints.Feedback).WithName("feedback").WithSummary("Says what a text's label should have been.")
            .ProducesProblems(400, 413, 415, 422, 503, 504);
    }

    private static void MapAnomalies(RouteGroupBuilder group)
    {
        group.MapGet("/anomalies", AnomalyEndpoints.Recent).WithName("anomalies").WithSummary("Odd predictions of this replica, newest first.").ProducesProblems(422);
        group.MapGet("/anomalies/stats", AnomalyEndpoints.Stats).WithName("anomaly_stats").WithSummary("What is kept, and what was found.").ProducesProblems();
        group.MapGet("/anomalies/{id}", AnomalyEndpoints.One).WithName("anomaly").WithSummary("One odd prediction.").ProducesProblems(404);
        group.MapDelete("/anomalies", AnomalyEndpoints.Clear).WithName("anomalies_clear").WithSummary("Forgets all odd predictions of this replica.")
            .WithMetadata(new ApiKeyGuard.ChangesState()).ProducesProblems(403);
    }

    private static void MapLoad(RouteGroupBuilder group)
    {
        group.MapGet("/load", LoadEndpoints.Load).WithName("load").WithSummary("What this replica has to do, and how well it is.").ProducesProblems();
        group.MapGet("/load/hpa", LoadEndpoints.Hpa).WithName("load_hpa").WithSummary("What a rule of an autoscaler can use.").ProducesProblems();
        group.MapGet("/load/circuit-breakers", LoadEndpoints.Breakers).WithName("circuit_breakers").WithSummary("The breakers before the dependencies.").ProducesProblems();
        group.MapPost("/load/circuit-breakers/{name}/reset", LoadEndpoints.Reset).WithName("circuit_breaker_reset").WithSummary("Closes a breaker by hand.")
            .WithMetadata(new ApiKeyGuard.ChangesState()).ProducesProblems(403, 404);
    }

    private static void MapCache(RouteGroupBuilder group)
    {
        var changes = new ApiKeyGuard.ChangesState();
        group.MapGet("/cache/stats", CacheEndpoints.Stats).WithName("cache_stats").WithSummary("Hits, misses and sizes by level and type.").ProducesProblems();
        group.MapGet("/cache/health", CacheEndpoints.Health).WithName("cache_health").WithSummary("Whether Redis answers.").ProducesProblems();
        group.MapPost("/cache/warm", CacheEndpoints.Warm).WithName("cache_warm").WithSummary("Puts the answers of texts into the cache.").WithMetadata(changes)
            .ProducesProblems(400, 403, 413, 415, 422, 503, 504);
        group.MapDelete("/cache", CacheEndpoints.Clear).WithName("cache_clear").WithSummary("Empties a namespace, by default the service's own.").WithMetadata(changes)
            .ProducesProblems(403, 422, 504);
    }

    private static void MapPredictions(RouteGroupBuilder group)
    {
        var predictions = ((IEndpointRouteBuilder)group).ServiceProvider.GetRequiredService<PredictEndpoints>();
        group.MapPost(Predict, predictions.Predict).WithName(PredictName).WithSummary("The sentiment of one text.")
            .ProducesProblems(400, 413, 415, 422, 500, 503, 504);
        group.MapPost("/predict/batch", predictions.PredictBatch).WithName(PredictBatchName).WithSummary("The sentiment of many texts.")
            .ProducesProblems(400, 413, 415, 422, 500, 503, 504);
        group.MapPost("/features", FeatureEndpoints.Features).WithName(FeaturesName).WithSummary("The pooled sentence vector of a text.")
            .ProducesProblems(400, 413, 415, 422, 500, 501, 503, 504);
    }

    private static void MapModel(RouteGroupBuilder group)
    {
        group.MapGet("/model-info", ServiceEndpoints.ModelInfo).WithName("model_info").WithSummary("The model that answers.").ProducesProblems();
        group.MapGet("/health/details", HealthEndpoints.Details).WithName("health_details").WithSummary("The state of each part.")
            .ProducesState<Contracts.HealthDetails>().ProducesProblems();
    }

    private static void MapProbes(RouteGroupBuilder group)
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        group.MapMethods(Live, methods, HealthEndpoints.Live).WithTags("Probes").WithSummary("200 while the process works.")
            .ProducesState<Contracts.HealthStatus>();
        group.MapMethods(Ready, methods, HealthEndpoints.Ready).WithTags("Probes").WithSummary("200 while this replica wants traffic.")
            .ProducesState<Contracts.HealthStatus>();
        group.MapMethods(Health, methods, HealthEndpoints.Health).WithTags("Probes").WithSummary("The state of the service in one word.")
            .ProducesState<Contracts.HealthStatus>();
        if (((IEndpointRouteBuilder)group).ServiceProvider.GetRequiredService<ObservabilityOptions>().EnableMetrics)
        {
            group.MapPrometheusScrapingEndpoint(Metrics).WithTags("Probes").WithSummary("Metrics, for Prometheus.").WithMetadata(
                new MetricsPort.Scrape(),
                new HttpMethodMetadata(methods), new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain"]), ((Action)Scrape).Method);
        }
    }

    /// <summary>Never called: the document takes the shape of a route from a method, and the exporter has none to show.</summary>
    private static void Scrape()
    {
    }

    /// <summary>For routes of libraries, which map them for GET only.</summary>
    private static void AnswersHead(this IEndpointConventionBuilder endpoint) =>
        endpoint.Add(builder => builder.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head])));

    private static RouteHandlerBuilder ProducesState<T>(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces<T>().Produces<T>(StatusCodes.Status503ServiceUnavailable);

    private static void ProducesProblems(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        endpoint.Produces<Contracts.Problem>(StatusCodes.Status401Unauthorized, ProblemResult.ContentType);
        foreach (var status in statuses)
        {
            endpoint.Produces<Contracts.Problem>(status, ProblemResult.ContentType);
        }
    }
}
