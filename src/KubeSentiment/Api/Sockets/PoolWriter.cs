using System.IO.Pipelines;

namespace KubeSentiment.Api.Sockets;

/// <summary>Goes on at the pool after each wait, whoever took what it waited for.</summary>
internal sealed class PoolWriter(PipeWriter body) : PassingWriter(body)
{
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => SocketThread.Leave(Inner.FlushAsync(cancellationToken));

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        SocketThread.Leave(Inner.WriteAsync(source, cancellationToken));
}
