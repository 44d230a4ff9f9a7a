using System.Security.Cryptography;
using System.Text;

namespace KubeSentiment.Api;

/// <summary>Lets requests to <c>/api/v1</c> pass only with the key, when one is set. Probes and metrics are open: see <see cref="OpenToAll"/>.</summary>
internal sealed class ApiKeyGuard
{
    public const string Header = "X-API-Key";

    // Hashes have one length, so that comparing them tells nothing about the key's.
    private readonly byte[]? _keyHash;

    public ApiKeyGuard(ApiOptions options) =>
        _keyHash = options.ApiKey is { Length: > 0 } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (_keyHash is null
            || !context.Request.Path.StartsWithSegments(ApiRoutes.Prefix, StringComparison.OrdinalIgnoreCase)
            || context.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is not null
            || Knows(context.Request.Headers[Header].ToString()))
        {
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "ApiKey";
        return new ProblemResult(ApiError.Unauthorized, $"Send the service's key in the {Header} header.").ExecuteAsync(context);
    }

    private bool Knows(string key) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), _keyHash);

    /// <summary>Marks endpoints that need no key: a kubelet and a Prometheus have none.</summary>
    public sealed class OpenToAll;
}
