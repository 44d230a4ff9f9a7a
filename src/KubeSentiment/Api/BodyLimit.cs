using Microsoft.AspNetCore.Http.Features;

namespace KubeSentiment.Api;

/// <summary>The most bytes that a body may have, kept by whoever reads it.</summary>
/// <remarks>
/// Where Kestrel keeps it, it closes the connection while the caller is still sending: most clients then report a broken pipe and never read the answer. Of a body
/// that it need not limit it reads and drops what the service has left, for up to five seconds after the answer, and the connection goes on.
/// </remarks>
internal static class BodyLimit
{
    /// <summary>The server's limit.</summary>
    /// <returns>Null where there is none.</returns>
    public static long? Of(HttpContext context) => context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;

    /// <summary>Takes the limit from the server, unless it has begun to read.</summary>
    public static void Lift(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: not null } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }

    public static ProblemResult Exceeded(long most) => new(ApiError.BodyTooLarge, $"The body may have at most {most} bytes. Send fewer texts at once.");
}
