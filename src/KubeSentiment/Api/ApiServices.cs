using KubeSentiment.Api.Sockets;
using KubeSentiment.Configuration;
using KubeSentiment.Observability;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Net.Http.Headers;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace KubeSentiment.Api;

/// <summary>Registers the HTTP door and lines up what each request passes.</summary>
internal static class ApiServices
{
    private const int MostSentAhead = 64 * 1024;

    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder, ApiOptions options, ServiceOptions service, ObservabilityOptions observability)
    {
        var metrics = new MetricsPort(observability, service);
        int[] ports = metrics.IsOfItsOwn ? [service.Port, observability.MetricsPort] : [service.Port];
        builder.WebHost.UseUrls([.. ports.Select(port => $"http://{(service.Host.Contains(':') ? $"[{service.Host}]" : service.Host)}:{port}")]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(HeldAnswers.Connect));
            kestrel.Limits.MaxConcurrentConnections = Math.Min(options.MaxConnections, OpenFiles.ForConnections());
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxRequestHeadersBytes;
            // What a connection may send ahead; the headers must fit. The default is 1 MiB: some thousand callers who never read their answers make more of that than a pod has.
            kestrel.Limits.MaxRequestBufferSize = Math.Max(MostSentAhead, options.MaxRequestHeadersBytes);
        });
        builder.Services.Configure<SocketTransportOptions>(SocketThread.Configure);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = service.ShutdownTimeout + service.ShutdownDrain);
        builder.Services.ConfigureHttpJsonOptions(json => AnswerJson.With(json.SerializerOptions));
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. options.AllowedOrigins]).AllowAnyMethod().AllowAnyHeader()
            .WithExposedHeaders(CorrelationId.Header, AnswerStamp.InferenceTimeHeader, AnswerStamp.BackendHeader, HeaderNames.RetryAfter, HeaderNames.Location)));
        builder.Services.Configure<AspNetCoreTraceInstrumentationOptions>(traces => traces.Filter = context => !ApiRoutes.IsProbe(context.Request.Path));
        builder.Services.AddServiceDocument();
        builder.Services
            .AddSingleton(metrics)
            .AddSingleton<DrainingConnections>()
            .AddSingleton<IReadingThread, LinuxReadingThread>()
            .AddSingleton<SocketThreadPatience>()
            .AddSingleton<ApiKeyGuard>()
            .AddSingleton<UnreadRequests>()
            .AddSingleton(BodyBudget.For(options))
            .AddSingleton<RequestTimeLimit>()
            .AddSingleton<ProblemResponses>()
            .AddSingleton<RequestTelemetry>()
            .AddSingleton<Outcomes>()
            .AddSingleton<PredictEndpoints>()
            .AddSingleton<AnswerStamp>();
        return builder;
    }

    /// <summary>In the order in which a request meets them.</summary>
    public static void UseSentimentApi(this WebApplication app)
    {
        // Before a request can go on at the pool: what is held of the answer before it is sent here.
        app.Use(app.Services.GetRequiredService<SocketThreadPatience>().InvokeAsync);
        app.Use(SocketThread.InvokeAsync);
        app.Use(app.Services.GetRequiredService<DrainingConnections>().InvokeAsync);
        app.Use(app.Services.GetRequiredService<RequestTelemetry>().InvokeAsync);
        app.Use(CorrelationId.InvokeAsync);
        app.Use(app.Services.GetRequiredService<UnreadRequests>().InvokeAsync);
        app.UseRouting();
        if (app.Services.GetRequiredService<MetricsPort>() is { IsOfItsOwn: true } metrics)
        {
            app.Use(metrics.InvokeAsync);
        }

        app.Use(app.Services.GetRequiredService<ProblemResponses>().InvokeAsync);
        // The others need not pass it: it asks for a service, which costs a request a scope.
        app.UseWhen(context => BrowserRequests.Includes(context.Request), browsers => browsers.UseCors());
        app.Use(app.Services.GetRequiredService<ApiKeyGuard>().InvokeAsync);
        app.Use(app.Services.GetRequiredService<RequestTimeLimit>().InvokeAsync);
    }
}
