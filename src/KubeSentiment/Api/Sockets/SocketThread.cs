using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace KubeSentiment.Api.Sockets;

/// <summary>Lets short predictions run on the thread that read them from the socket, and moves everything else to the pool.</summary>
/// <remarks>
/// <para>A request starts on a thread that also watches other connections. A remembered answer or a refusal takes it some 10 microseconds, less than waking a
/// thread of the pool does; a batch or a scrape would keep the others waiting.</para>
/// <para>Two settings make it so: <see cref="InlineCompletions"/> that the runtime calls the transport there, <see cref="Configure"/> that the transport calls the
/// application there. Then each wait for the caller ends there as well, so the bodies of what is not short go to the pool after each wait.</para>
/// </remarks>
internal static class SocketThread
{
    /// <summary>Read by the runtime before the first socket is opened.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Parsing and tokenizing this much takes well under a millisecond.</summary>
    private const int LongestBody = 16 * 1024;

    public static void Configure(SocketTransportOptions transport) => transport.UnsafePreferInlineScheduling = true;

    public static Task InvokeAsync(HttpContext context, RequestDelegate next) => IsShortPrediction(context.Request) ? next(context) : OnThePoolAsync(context, next);

    /// <summary>A wait that goes on at the pool, unless there is nothing to wait for.</summary>
    public static ValueTask<T> Leave<T>(ValueTask<T> wait)
    {
        return wait.IsCompleted ? wait : ThenOnThePoolAsync(wait);

        static async ValueTask<T> ThenOnThePoolAsync(ValueTask<T> wait)
        {
            var result = await wait;
            await Task.Yield();
            return result;
        }
    }

    /// <summary>Whether a request asks for one prediction, and with a short body.</summary>
    public static bool IsShortPrediction(HttpRequest request) =>
        request.ContentLength is <= LongestBody
        && request.Path.Equals(ApiRoutes.Prefix + ApiRoutes.Predict, StringComparison.OrdinalIgnoreCase)
        && HttpMethods.IsPost(request.Method);

    private static async Task OnThePoolAsync(HttpContext context, RequestDelegate next)
    {
        var features = context.Features;
        features.Set<IRequestBodyPipeFeature>(new PoolRequestBody(context.Request.BodyReader));
        features.Set<IHttpResponseBodyFeature>(new PoolResponseBody(features.GetRequiredFeature<IHttpResponseBodyFeature>()));
        await Task.Yield();
        await next(context);
    }
}
