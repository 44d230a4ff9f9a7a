using System.Diagnostics;
using System.Globalization;
using System.Net;
using KubeSentiment.Observability;

namespace KubeSentiment.Caching.Redis;

/// <summary>The span of a lookup in Redis, as the request sees it: from when it asks until it knows, or gives up. Nothing while nobody collects traces.</summary>
/// <remarks>
/// Names and attributes are those of OpenTelemetry's semantic conventions for Redis: https://opentelemetry.io/docs/specs/semconv/database/redis/. A key is a hash of what the model
/// reads of a text; none is told. That lookups travel together (<see cref="SharedTrips"/>) is not, either: a span is one caller's.
/// </remarks>
internal static class LookupSpan
{
    /// <summary>Begins the span.</summary>
    /// <returns>Null while nobody collects traces.</returns>
    public static Activity? Start(RedisConnections connections, int keys) => Tracing.Source.HasListeners()
        ? Tracing.Source.StartActivity(
            ActivityKind.Client,
            tags: [.. connections.SpanTags, new("db.operation.name", Command(keys)), new("sentiment.cache.keys", keys)],
            name: Command(keys))
        : null;

    /// <summary>Says how the lookup ended, and how many keys it found.</summary>
    public static void Tell(Activity? span, RedisOutcome outcome, string? error, StoredAnswer?[] found)
    {
        if (span is null)
        {
            return;
        }

        span.SetTag("sentiment.cache.hits", found.Count(answer => answer is not null));
        if (outcome == RedisOutcome.Skipped)
        {
            // No failure of this call: others have opened the breaker, and it took no time.
            span.SetTag("sentiment.cache.skipped", true);
        }
        else if (outcome == RedisOutcome.Failed)
        {
            Tracing.Fail(span, error);
        }
    }

    /// <summary>The server's part of the attributes. Of many hosts only the client knows which one it asks.</summary>
    public static IReadOnlyList<KeyValuePair<string, object?>> ServerTags(RedisOptions options)
    {
        List<KeyValuePair<string, object?>> tags = [new("db.system.name", "redis"), new("db.namespace", options.Db.ToString(CultureInfo.InvariantCulture))];
        if (options.Host is [var host])
        {
            var (address, port) = RedisEndpointAttribute.Parse(host, options.Port) switch
            {
                DnsEndPoint name => (name.Host, name.Port),
                IPEndPoint number => (number.Address.ToString(), number.Port),
                _ => (host, options.Port),
            };
            tags.Add(new("server.address", address));
            tags.Add(new("server.port", port));
        }

        return tags;
    }

    private static string Command(int keys) => keys == 1 ? "GET" : "MGET";
}
