using System.IO.Pipelines;

namespace KubeSentiment.Api.Sockets;

/// <summary>A writer in front of another one, which gets everything as it is. Derived ones change what a flush is.</summary>
/// <remarks><see cref="PipeWriter.WriteAsync"/> is left as it is, a write and a flush: a flush does not go past a derived writer unless that says so.</remarks>
internal abstract class PassingWriter(PipeWriter inner) : PipeWriter
{
    public override bool CanGetUnflushedBytes => Inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => Inner.UnflushedBytes;

    /// <summary>Where everything goes.</summary>
    protected PipeWriter Inner { get; } = inner;

    public override Memory<byte> GetMemory(int sizeHint = 0) => Inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Inner.GetSpan(sizeHint);

    public override void Advance(int bytes) => Inner.Advance(bytes);

    public override void CancelPendingFlush() => Inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => Inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => Inner.CompleteAsync(exception);
}
