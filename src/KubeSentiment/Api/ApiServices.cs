using System.Text.Encodings.Web;
using KubeSentiment.Api.Contracts;
using KubeSentiment.Configuration;
using KubeSentiment.Observability;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Net.Http.Headers;

namespace KubeSentiment.Api;

/// <summary>Registers the HTTP door and lines up what each request passes.</summary>
internal static class ApiServices
{
    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder, ApiOptions options, ServiceOptions service, ObservabilityOptions observability)
    {
        var metrics = new MetricsPort(observability, service);
        int[] ports = metrics.IsOfItsOwn ? [service.Port, observability.MetricsPort] : [service.Port];
        builder.WebHost.UseUrls([.. ports.Select(port => $"http://{(service.Host.Contains(':') ? $"[{service.Host}]" : service.Host)}:{port}")]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxRequestHeadersBytes;
        });
        builder.Services.Configure<SocketTransportOptions>(SocketThread.Configure);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = service.ShutdownTimeout + service.ShutdownDrain);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            // Answers are written with these options, not with the context's own: they must agree.
            json.SerializerOptions.PropertyNamingPolicy = ApiJson.Default.Options.PropertyNamingPolicy;
            json.SerializerOptions.NumberHandling = ApiJson.Default.Options.NumberHandling;
            json.SerializerOptions.DefaultIgnoreCondition = ApiJson.Default.Options.DefaultIgnoreCondition;
            // Texts under review read as they were written. What this leaves unescaped matters inside of a page only, and answers are JSON.
            json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        });
        builder.Services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = TimeoutPolicy(options));
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. options.AllowedOrigins]).AllowAnyMethod().AllowAnyHeader()
            .WithExposedHeaders(CorrelationId.Header, AnswerStamp.InferenceTimeHeader, AnswerStamp.BackendHeader, HeaderNames.RetryAfter)));
        builder.Services.AddServiceDocument();
        builder.Services
            .AddSingleton(metrics)
            .AddSingleton<DrainingConnections>()
            .AddSingleton<SocketThreadPatience>()
            .AddSingleton<ApiKeyGuard>()
            .AddSingleton<UnreadRequests>()
            .AddSingleton<ProblemResponses>()
            .AddSingleton<RequestTelemetry>()
            .AddSingleton<Outcomes>()
            .AddSingleton<AnswerStamp>();
        return builder;
    }

    /// <summary>In the order in which a request meets them.</summary>
    public static void UseSentimentApi(this WebApplication app)
    {
        app.Use(SocketThread.InvokeAsync);
        app.Use(app.Services.GetRequiredService<SocketThreadPatience>().InvokeAsync);
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
        app.UseCors();
        app.Use(app.Services.GetRequiredService<ApiKeyGuard>().InvokeAsync);
        app.UseRequestTimeouts();
    }

    private static RequestTimeoutPolicy TimeoutPolicy(ApiOptions options) => new()
    {
        Timeout = options.MaxRequestTimeout,
        WriteTimeoutResponse = context => new ProblemResult(
            ApiError.Timeout, $"The request took longer than {options.MaxRequestTimeout.TotalSeconds:0} s. Send fewer or shorter texts at once.").ExecuteAsync(context),
    };
}
