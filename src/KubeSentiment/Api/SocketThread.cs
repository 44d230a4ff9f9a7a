namespace KubeSentiment.Api;

/// <summary>Lets short predictions run on the thread that read them from the socket, and moves everything else to the pool.</summary>
/// <remarks>
/// With <see cref="InlineCompletions"/> a request starts on a thread that also watches other connections. A remembered answer takes it some 10 microseconds,
/// less than waking a thread of the pool does; a batch or a scrape would keep the others waiting.
/// </remarks>
internal static class SocketThread
{
    /// <summary>Read by the runtime before the first socket is opened.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Parsing and tokenizing this much takes well under a millisecond.</summary>
    private const int LongestBody = 16 * 1024;

    public static Task InvokeAsync(HttpContext context, RequestDelegate next) => IsShort(context.Request) ? next(context) : OnThePoolAsync(context, next);

    private static bool IsShort(HttpRequest request) =>
        request.ContentLength is <= LongestBody && request.Path.Equals(ApiRoutes.Prefix + ApiRoutes.Predict, StringComparison.OrdinalIgnoreCase);

    private static async Task OnThePoolAsync(HttpContext context, RequestDelegate next)
    {
        await Task.Yield();
        await next(context);
    }
}
