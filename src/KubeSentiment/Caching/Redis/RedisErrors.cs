using System.Net.Sockets;
using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>What went wrong, in one word for metrics, and what it says about Redis.</summary>
internal static class RedisErrors
{
    /// <summary>The budget of a request was used up.</summary>
    public const string Budget = "budget";

    /// <summary>No connection to Redis at the moment.</summary>
    public const string NotConnected = "not_connected";

    /// <summary>A value that no version of this service wrote, or not under its key.</summary>
    public const string Damaged = "damaged";

    /// <summary>The queue for background writes was full.</summary>
    public const string QueueFull = "queue_full";

    /// <summary>The server takes no writes.</summary>
    public const string ReadOnly = "read_only";

    /// <summary>The user or the password is not right.</summary>
    public const string Authentication = "authentication";

    /// <summary>The user may not do this.</summary>
    public const string Permission = "permission";

    /// <summary>The server reads its data from disk, and answers nothing until it has.</summary>
    public const string Loading = "loading";

    /// <summary>The host's name is known to nobody.</summary>
    public const string UnknownHost = "unknown_host";

    private const string Connection = "connection";

    /// <summary>The label value: a small, fixed set.</summary>
    public static string TypeOf(Exception exception) => exception switch
    {
        RedisServerException server => server.Kind switch
        {
            RedisErrorKind.OutOfMemory => "out_of_memory",
            RedisErrorKind.ReadOnly or RedisErrorKind.NoReplicas => ReadOnly,
            RedisErrorKind.NoAuth or RedisErrorKind.WrongPass => Authentication,
            RedisErrorKind.NoPermission or RedisErrorKind.NotPermitted => Permission,
            RedisErrorKind.Loading => Loading,
            RedisErrorKind.Moved or RedisErrorKind.Ask or RedisErrorKind.TryAgain or RedisErrorKind.ClusterDown or RedisErrorKind.MasterDown => "failing_over",
            _ => "server",
        },
        RedisConnectionException connection => TypeOf(connection),
        TimeoutException => "timeout",
        _ => "client",
    };

    /// <summary>Why there is no connection: what the client met when it last tried, if Redis was there and said no, or nobody knew where it is.</summary>
    /// <param name="exception">Of a command that found no connection.</param>
    /// <returns>Null when it does not tell: the client is trying just now.</returns>
    public static string? AbsenceOf(Exception exception)
    {
        if (TypeOf(exception) is (Authentication or Permission or Loading or UnknownHost) and var reason)
        {
            return reason;
        }

        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is RedisConnectionException { FailureType: ConnectionFailureType.UnableToConnect or ConnectionFailureType.SocketFailure })
            {
                return NotConnected;
            }
        }

        return null;
    }

    /// <summary>Whether the same command may succeed a few milliseconds later, on this connection or another.</summary>
    public static bool IsPassing(Exception exception) => exception is RedisConnectionException
        or RedisServerException { Kind: RedisErrorKind.TryAgain or RedisErrorKind.Moved or RedisErrorKind.Ask or RedisErrorKind.ConnectionFault };

    /// <summary>Whether Redis answered, and the answer was no: it will not take a write now, however often it is asked. Reads may still work.</summary>
    public static bool IsRefusal(Exception exception) => exception is RedisServerException
    {
        Kind: not (RedisErrorKind.TryAgain or RedisErrorKind.Moved or RedisErrorKind.Ask or RedisErrorKind.Loading or RedisErrorKind.ClusterDown
            or RedisErrorKind.MasterDown or RedisErrorKind.Busy or RedisErrorKind.ConnectionFault or RedisErrorKind.Timeout)
    };

    /// <summary>The client tells why a connection was not made in the exceptions within; that the handshake was not permitted, in words alone.</summary>
    private static string TypeOf(RedisConnectionException exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure })
            {
                return Authentication;
            }

            if (cause is RedisConnectionException { FailureType: ConnectionFailureType.Loading })
            {
                return Loading;
            }

            if (cause is RedisServerException && cause.Message.Contains("NOPERM", StringComparison.Ordinal))
            {
                return Permission;
            }

            if (cause is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain })
            {
                return UnknownHost;
            }
        }

        return Connection;
    }
}
