using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Caching.Redis;

/// <summary>The cache that replicas share: where Redis is, how it is spoken to, and how long a request may wait for it.</summary>
[Settings("Redis")]
internal sealed class RedisOptions : IValidatableObject
{
    /// <summary>Shares answers between replicas through Redis. Turn it on where more than one replica runs.</summary>
    [Setting("REDIS_ENABLED")]
    public bool Enabled { get; set; }

    /// <summary>Host of Redis. List the sentinels, or some nodes of a Cluster, as <c>host:port,host:port</c>; one without a port has <c>MLOPS_REDIS_PORT</c>.</summary>
    [Setting("REDIS_HOST"), RedisEndpoint]
    public IReadOnlyList<string> Host { get; set; } = ["localhost"];

    /// <summary>Port of the hosts that name none. Sentinels usually listen on 26379.</summary>
    [Setting("REDIS_PORT"), Range(1, 65_535)]
    public int Port { get; set; } = 6379;

    /// <summary>Number of the logical database. A Redis Cluster has only 0.</summary>
    [Setting("REDIS_DB"), Range(0, 65_535)]
    public int Db { get; set; }

    /// <summary>Password of Redis. Set it wherever others can reach Redis.</summary>
    [Setting("REDIS_PASSWORD", Secret = true), StringLength(4096)]
    public string? Password { get; set; }

    /// <summary>User of Redis, where access control lists name one; without it the password is the default user's.</summary>
    [Setting("REDIS_USERNAME"), StringLength(256)]
    public string? Username { get; set; }

    /// <summary>Encrypts connections to Redis and checks its certificate against the host's name.</summary>
    [Setting("REDIS_TLS")]
    public bool Tls { get; set; }

    /// <summary>PEM file of the authority that signed Redis' certificate, where it is not one that the system trusts.</summary>
    [Setting("REDIS_TLS_CA_FILE"), StringLength(4096), CertificateFile]
    public string? TlsCaFile { get; set; }

    /// <summary>Name of the master that the sentinels in <c>MLOPS_REDIS_HOST</c> watch. Empty means that those hosts are Redis itself.</summary>
    [Setting("REDIS_SENTINEL_MASTER"), StringLength(256)]
    public string? SentinelMaster { get; set; }

    /// <summary>Password of the sentinels, where it is not that of Redis.</summary>
    [Setting("REDIS_SENTINEL_PASSWORD", Secret = true), StringLength(4096)]
    public string? SentinelPassword { get; set; }

    /// <summary>
    /// Most connections to one Redis server. One carries the calls of many requests at once, so the service opens one a core, at most 4, and never more than
    /// this.
    /// </summary>
    [Setting("REDIS_MAX_CONNECTIONS"), Range(1, 10_000)]
    public int MaxConnections { get; set; } = 50;

    /// <summary>Longest wait for an answer in background work; requests wait for <c>MLOPS_REDIS_BUDGET_MS</c> at most.</summary>
    [Setting("REDIS_SOCKET_TIMEOUT"), Duration(0.1, 300)]
    public TimeSpan SocketTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for a connection, in the background. Raise it for a Redis far away.</summary>
    [Setting("REDIS_SOCKET_CONNECT_TIMEOUT"), Duration(0.1, 300)]
    public TimeSpan SocketConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Beginning of all keys. Installations that share a Redis and not their answers need different ones.</summary>
    [Setting("REDIS_NAMESPACE"), CacheNamespace]
    public string Namespace { get; set; } = "kubesentiment";

    /// <summary>How long predictions live, in memory and in Redis. Their key names the model, so age does not make them wrong: raise it for more hits.</summary>
    [Setting("REDIS_PREDICTION_CACHE_TTL"), Duration(1, 2_592_000)]
    public TimeSpan PredictionTtl { get; set; } = TimeSpan.FromSeconds(3600);

    /// <summary>How long sentence vectors live, in memory and in Redis. They are about a hundred times as large as predictions.</summary>
    [Setting("REDIS_FEATURE_CACHE_TTL"), Duration(1, 2_592_000)]
    public TimeSpan FeatureTtl { get; set; } = TimeSpan.FromSeconds(1800);

    /// <summary>Longest time a request waits for Redis, whatever Redis does; then the model answers. Keep it well above a round trip, and below what the model takes.</summary>
    [Setting("REDIS_BUDGET_MS"), Duration(1, 10_000, Unit = TimeUnit.Milliseconds)]
    public TimeSpan Budget { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Most answers that wait to be written to Redis; more are dropped, and counted. Raise it to ride out longer outages, at about 500 bytes each.</summary>
    [Setting("REDIS_WRITE_QUEUE_SIZE"), Range(1, 10_000_000)]
    public int WriteQueueSize { get; set; } = 10_000;

    /// <summary>How often Redis is asked for its connections and sizes, and whether it is back. A new size is a sample of 2000 keys, so it costs Redis about 2 ms.</summary>
    [Setting("REDIS_MONITOR_INTERVAL"), Duration(0.1, 3600)]
    public TimeSpan MonitorInterval { get; set; } = TimeSpan.FromSeconds(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Host.Count == 0)
        {
            yield return new ValidationResult("names no host", [nameof(Host)]);
        }
    }

    /// <summary>How long entries of a type live when nobody says otherwise.</summary>
    public TimeSpan TtlOf(CacheType type) => type == CacheType.Prediction ? PredictionTtl : FeatureTtl;
}
