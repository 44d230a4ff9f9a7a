using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace KubeSentiment.Api.Sockets;

/// <summary>A response's body whose writer goes on at the pool after each wait for the caller to take what was written.</summary>
internal sealed class PoolResponseBody(IHttpResponseBodyFeature body) : IHttpResponseBodyFeature
{
    public Stream Stream => body.Stream;

    public PipeWriter Writer { get; } = new PoolWriter(body.Writer);

    public void DisableBuffering() => body.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => body.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        body.SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => body.CompleteAsync();
}
