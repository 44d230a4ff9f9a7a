using System.Security.Cryptography;
using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>Turns the settings into the client's.</summary>
internal static class RedisConfiguration
{
    /// <summary>The client tries again at least this often while Redis is away, so that the cache is back soon after Redis is.</summary>
    private static readonly TimeSpan LongestReconnectPause = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FirstReconnectPause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan RoleCheckInterval = TimeSpan.FromSeconds(10);

    public static ConfigurationOptions Of(RedisOptions options, string clientName)
    {
        var configuration = new ConfigurationOptions
        {
            ClientName = clientName,
            DefaultDatabase = options.Db,
            Password = options.Password,
            User = options.Username,
            Ssl = options.Tls,
            ServiceName = string.IsNullOrWhiteSpace(options.SentinelMaster) ? null : options.SentinelMaster,
            SentinelPassword = options.SentinelPassword,
            ConnectTimeout = (int)options.SocketConnectTimeout.TotalMilliseconds,
            AsyncTimeout = (int)options.SocketTimeout.TotalMilliseconds,
            SyncTimeout = (int)options.SocketTimeout.TotalMilliseconds,

            // Redis may come later than the service, and go and come again.
            AbortOnConnectFail = false,
            ReconnectRetryPolicy = new ExponentialRetry((int)FirstReconnectPause.TotalMilliseconds, (int)LongestReconnectPause.TotalMilliseconds),

            // Nothing queues while Redis is away: a lookup would only wait for its budget to run out.
            BacklogPolicy = BacklogPolicy.FailFast,

            // CLIENT LIST, which tells how many connections there really are, counts as an administrator's command.
            AllowAdmin = true,

            // Without its own channel and tie-breaker key the client needs one connection a server and leaves no traces among the keys.
            ConfigurationChannel = "",
            TieBreaker = "",

            // How a failover is noticed where nobody announces it.
            ConfigCheckSeconds = (int)RoleCheckInterval.TotalSeconds,
            IncludeDetailInExceptions = false,
        };
        foreach (var host in options.Host)
        {
            // The settings were checked by the same parser.
            configuration.EndPoints.Add(RedisEndpointAttribute.Parse(host, options.Port) ?? throw new FormatException($"'{host}' is no host."));
        }

        if (options.TlsCaFile is { Length: > 0 } file)
        {
            configuration.TrustIssuer(file);
        }

        return configuration;
    }

    /// <summary>Tells this process apart from others in CLIENT LIST: the machine's name, which is the pod's, and four random bytes.</summary>
    public static string ClientName(string machine)
    {
        var name = string.Concat(machine.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_').Take(64));
        return $"kubesentiment-{name}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
    }
}
