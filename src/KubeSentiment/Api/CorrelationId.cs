using System.Diagnostics;

namespace KubeSentiment.Api;

/// <summary>Gives each request a name: the caller's, where it is a sound one, or a new one. It is in the answer, in problems and in logs.</summary>
internal static class CorrelationId
{
    public const string Header = "X-Correlation-ID";
    private const int MaxLength = 128;

    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var sent = context.Request.Headers[Header];
        context.TraceIdentifier = sent.Count == 1 && IsSound(sent[0]) ? sent[0]! : (TraceOf(context) ?? ActivityTraceId.CreateRandom()).ToHexString();
        context.Response.Headers[Header] = context.TraceIdentifier;
        return next(context);
    }

    /// <summary>Printable ASCII of a sane length: what goes back into a header and a log line must not break either.</summary>
    private static bool IsSound(string? id) =>
        id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>The trace's id where there is a trace, here or at the caller's, so that logs and traces meet.</summary>
    private static ActivityTraceId? TraceOf(HttpContext context)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            return activity.TraceId;
        }

        return context.Request.Headers.TraceParent is [{ } parent] && ActivityContext.TryParse(parent, traceState: null, out var caller) ? caller.TraceId : null;
    }
}
