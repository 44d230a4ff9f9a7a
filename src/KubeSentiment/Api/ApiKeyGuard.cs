using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace KubeSentiment.Api;

/// <summary>Lets requests to <c>/api/v1</c> pass only with the key, when one is set. Probes and metrics are open: see <see cref="OpenToAll"/>.</summary>
/// <remarks>With no key set, predictions are open to all, and what <see cref="ChangesState"/> to callers on this machine only.</remarks>
internal sealed class ApiKeyGuard
{
    public const string Header = "X-API-Key";

    // Hashes have one length, so that comparing them tells nothing about the key's.
    private readonly byte[]? _keyHash;

    public ApiKeyGuard(ApiOptions options) =>
        _keyHash = options.ApiKey is { Length: > 0 } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (_keyHash is null)
        {
            return context.GetEndpoint()?.Metadata.GetMetadata<ChangesState>() is null || IsOfThisMachine(context)
                ? next(context)
                : new ProblemResult(ApiError.Forbidden, "Give the service an MLOPS_API_KEY and send it, or call from the machine itself, by localhost.").ExecuteAsync(context);
        }

        if (!context.Request.Path.StartsWithSegments(ApiRoutes.Prefix, StringComparison.OrdinalIgnoreCase)
            || context.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is not null
            || Admits(context.Request))
        {
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "ApiKey";
        return new ProblemResult(ApiError.Unauthorized, $"Send the service's key in the {Header} header.").ExecuteAsync(context);
    }

    /// <summary>Whether the caller may read what others wrote: with the key, or, with no key set, from this machine. Those without a needed key do not come this far.</summary>
    public bool MayReadTexts(HttpContext context) => _keyHash is not null || IsOfThisMachine(context);

    /// <summary>A browser on this machine runs other sites' pages, too: it says so in Origin, and those are strangers.</summary>
    /// <remarks>A site may let its own name lead to this machine once its page is loaded, and is then of one origin with the service: so the name counts, too.</remarks>
    private static bool IsOfThisMachine(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) && IsNameOfThisMachine(context.Request.Host.Host)
            && (origin.Length == 0 || origin.Equals($"{context.Request.Scheme}://{context.Request.Host}", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsNameOfThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Whether the caller may ask for predictions: with the key, or with no key set.</summary>
    public bool Admits(HttpRequest request) => _keyHash is null || Knows(request.Headers[Header].ToString());

    private bool Knows(string key) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), _keyHash);

    /// <summary>Marks endpoints that need no key: a kubelet and a Prometheus have none.</summary>
    public sealed class OpenToAll;

    /// <summary>Marks endpoints that change or empty what the service holds.</summary>
    public sealed class ChangesState;
}
