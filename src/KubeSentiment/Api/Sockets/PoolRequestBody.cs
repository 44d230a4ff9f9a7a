using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace KubeSentiment.Api.Sockets;

/// <summary>A request's body whose reader goes on at the pool after each wait, whoever brought what it waited for.</summary>
internal sealed class PoolRequestBody(PipeReader body) : PipeReader, IRequestBodyPipeFeature
{
    public PipeReader Reader => this;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => SocketThread.Leave(body.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result) => body.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => body.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => body.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => body.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => body.CompleteAsync(exception);
}
