using KubeSentiment.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeSentiment.Tests.Api;

/// <summary>An answer that fails half-way: its status has been sent, and says nothing of it.</summary>
public sealed class RequestTelemetryTests : IDisposable
{
    private readonly CapturedLogs _logs = new();
    private readonly Connection _connection = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Request_FailsWhenItsAnswerIsHalfSent_IsBrokenOffLoggedAndCountedAsFailed()
    {
        await using var service = Service();

        await InvokeAsync(service, new InvalidOperationException("half-way"));

        _connection.IsAborted.ShouldBeTrue();
        _logs.Lines.ShouldContain(line => line.Contains("Request half-sent failed when its answer was half sent: PATCH none") && line.Contains("half-way"));
        (await service.GetAsync("/metrics")).Text.ShouldContain("""sentiment_request_duration_seconds_count{method="PATCH",route="none",status="500"}""");
    }

    [Fact]
    public async Task Request_WhoseCallerLeavesWhenItsAnswerIsHalfSent_IsNoFailure()
    {
        await using var service = Service();
        _connection.Abort();

        await InvokeAsync(service, new OperationCanceledException());

        _logs.Lines.ShouldNotContain(line => line.Contains("half sent"));
        (await service.GetAsync("/metrics")).Text.ShouldContain("""sentiment_request_duration_seconds_count{method="PATCH",route="none",status="499"}""");
    }

    private TestService Service() => new() { Replace = services => services.AddSingleton<ILoggerProvider>(_logs) };

    private Task InvokeAsync(TestService service, Exception failure)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseFeature>(new BegunResponse());
        context.Features.Set<IHttpRequestLifetimeFeature>(_connection);
        context.Request.Method = "PATCH";
        context.TraceIdentifier = "half-sent";
        var problems = service.Services.GetRequiredService<ProblemResponses>();
        return service.Services.GetRequiredService<RequestTelemetry>().InvokeAsync(context, inner => problems.InvokeAsync(inner, _ => Task.FromException(failure)));
    }

    private sealed class BegunResponse : HttpResponseFeature
    {
        public override bool HasStarted => true;
    }

    private sealed class Connection : IHttpRequestLifetimeFeature
    {
        public bool IsAborted => RequestAborted.IsCancellationRequested;

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => RequestAborted = new CancellationToken(canceled: true);
    }
}
