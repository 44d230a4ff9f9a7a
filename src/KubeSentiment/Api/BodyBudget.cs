using KubeSentiment.Jobs;

namespace KubeSentiment.Api;

/// <summary>Bounds what this replica holds of the bodies of all requests together: many callers at once, or few who send slowly, must not use up its memory.</summary>
/// <remarks>
/// A part of what the runtime may use, which goes by the container's limit: while a body is read, its bytes, its texts as strings and what the runtime has not yet collected
/// of the last one stand side by side. One body of the largest size always has room.
/// </remarks>
internal sealed class BodyBudget(long mostBytes)
{
    private const int PartOfMemory = 8;

    /// <summary>Of each body so much is not counted: a single text passes however many large bodies there are, and as much more a connection does not matter.</summary>
    private const int Free = 16 * 1024;

    private readonly UploadBudget _bytes = new(mostBytes);

    /// <summary>The budget of a process whose largest body is as set.</summary>
    public static BodyBudget For(ApiOptions options) =>
        new(Math.Max(options.MaxRequestBodyBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / PartOfMemory));

    /// <summary>Makes room for a body of which so many bytes are held now.</summary>
    /// <param name="context">Its request, at whose end the room is given back.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="share">What the request has of the budget; null until it needs any.</param>
    /// <returns>Whether there is.</returns>
    public static bool TryHold(HttpContext context, long bytes, ref Share? share) => bytes <= Free || (share ??= ShareOf(context)).TryHold(bytes);

    /// <summary>There is no room for a body, and may be in a moment.</summary>
    public static ProblemResult Exceeded() => new(
        ApiError.BodiesFull, "As many bytes of bodies are held as may. Send fewer texts at once, or come again.", retryAfter: TimeSpan.FromSeconds(1));

    private static Share ShareOf(HttpContext context)
    {
        var share = new Share(context.RequestServices.GetRequiredService<BodyBudget>());
        context.Response.RegisterForDispose(share);
        return share;
    }

    /// <summary>The bytes of one body. Not safe for many threads.</summary>
    internal sealed class Share(BodyBudget budget) : IDisposable
    {
        private long _taken;

        /// <summary>Makes room for a body of which so many bytes are held now.</summary>
        /// <returns>Whether there is.</returns>
        public bool TryHold(long bytes)
        {
            var more = bytes - Free - _taken;
            if (more <= 0)
            {
                return true;
            }

            if (!budget._bytes.TryTake(more))
            {
                return false;
            }

            _taken += more;
            return true;
        }

        public void Dispose()
        {
            budget._bytes.Give(_taken);
            _taken = 0;
        }
    }
}
