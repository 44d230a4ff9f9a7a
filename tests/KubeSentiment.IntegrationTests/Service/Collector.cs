using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>An OpenTelemetry collector that takes whatever comes by gRPC and keeps the bytes.</summary>
internal sealed class Collector : IAsyncDisposable
{
    /// <summary>An empty gRPC message: no compression, no bytes.</summary>
    private static readonly byte[] EmptyMessage = [0, 0, 0, 0, 0];

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _received = new();

    private Collector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", ReceiveAsync);
    }

    public string Address => _app.Urls.Single();

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector._app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    /// <summary>Whether the text came; Protobuf keeps texts as they are.</summary>
    public bool Has(string text) => _received.Any(bytes => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _received.Enqueue(body.ToArray());
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(EmptyMessage, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
