using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace KubeSentiment.Api;

/// <summary>Waits for bodies.</summary>
/// <remarks>
/// Kestrel drops what the service leaves of a body. It cannot where a wait for the body ended by its token, or because the caller went away: it takes that wait to go on, and logs an
/// error with a stack for each caller who breaks off. So who is tired of waiting says so to the pipe, and a caller who has gone is Kestrel's own business.
/// </remarks>
internal static class BodyReader
{
    /// <summary>More of a request's body than there was.</summary>
    /// <exception cref="OperationCanceledException">The request takes too long; what has come is dropped.</exception>
    /// <exception cref="IOException">The caller is gone, or the body breaks HTTP's rules.</exception>
    public static async ValueTask<ReadResult> ReadMoreAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        var cancellationToken = context.RequestAborted;
        var read = await ReadAsync(context, body, cancellationToken);
        if (cancellationToken.IsCancellationRequested)
        {
            body.AdvanceTo(read.Buffer.End);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return read;
    }

    /// <summary>Whether a body ended before its length: a body of a known length can break no other rule.</summary>
    public static bool IsCutShort(BadHttpRequestException e, HttpRequest request) => e.StatusCode == StatusCodes.Status400BadRequest && request.ContentLength is not null;

    private static async ValueTask<ReadResult> ReadAsync(HttpContext context, PipeReader body, CancellationToken cancellationToken)
    {
        await using var tired = cancellationToken.UnsafeRegister(static body => CancelWait((PipeReader)body!), body);
        try
        {
            return await body.ReadAsync(CancellationToken.None);
        }
        catch (ConnectionResetException)
        {
            context.Abort();
            throw;
        }
    }

    private static void CancelWait(PipeReader body)
    {
        try
        {
            body.CancelPendingRead();
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The caller has gone, and with him the wait.
        }
    }
}
