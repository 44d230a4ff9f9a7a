using System.Text.Json;
using KubeSentiment.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Api;

/// <summary>What takes too long is cancelled and answered; what a caller gives up is cancelled, too.</summary>
public sealed class RequestTimeLimitTests : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider();
    private readonly CancellationTokenSource _caller = new();
    private readonly DefaultHttpContext _context;

    public RequestTimeLimitTests() =>
        _context = new DefaultHttpContext { RequestServices = _services, RequestAborted = _caller.Token, Response = { Body = new MemoryStream() } };

    public void Dispose()
    {
        _caller.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Request_ThatWaitsTooLong_IsCancelledAndAnsweredWith504()
    {
        var request = InvokeAsync(WaitAsync);
        _time.Advance(Longest - TimeSpan.FromMilliseconds(1));
        request.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await request;

        _context.Response.StatusCode.ShouldBe(504);
        _context.Response.Body.Position = 0;
        using var problem = await JsonDocument.ParseAsync(_context.Response.Body, cancellationToken: TestContext.Current.CancellationToken);
        problem.RootElement.GetProperty("error_code").GetString().ShouldBe("E4008");
        _caller.IsCancellationRequested.ShouldBeFalse();
        _context.RequestAborted.ShouldBe(_caller.Token);
    }

    [Fact]
    public async Task Request_WhoseCallerLeaves_IsCancelledWithoutAnAnswer()
    {
        var waits = new TaskCompletionSource();
        var request = InvokeAsync(context =>
        {
            waits.SetResult();
            return WaitAsync(context);
        });
        await waits.Task;

        await _caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => request);
        _context.Response.StatusCode.ShouldBe(200);
        _context.RequestAborted.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task Request_WhoseCallerLeftBeforeItWaited_IsCancelled()
    {
        await Should.ThrowAsync<OperationCanceledException>(() => InvokeAsync(async context =>
        {
            await _caller.CancelAsync();
            await WaitAsync(context);
        }));
    }

    [Fact]
    public async Task Request_ThatDidNotWait_IsNotCancelledWithTheNextOne()
    {
        var cancelled = false;
        await InvokeAsync(context =>
        {
            context.RequestAborted.Register(() => cancelled = true);
            return Task.CompletedTask;
        });
        _context.RequestAborted.ShouldBe(_caller.Token);

        var next = InvokeAsync(WaitAsync);
        _time.Advance(Longest);
        await next;

        _context.Response.StatusCode.ShouldBe(504);
        cancelled.ShouldBeFalse();
    }

    [Fact]
    public async Task Request_ThatWaitsAndEndsInTime_IsLeftAlone()
    {
        CancellationToken seen = default;

        await InvokeAsync(async context =>
        {
            seen = context.RequestAborted;
            await Task.Yield();
        });

        seen.IsCancellationRequested.ShouldBeFalse();
        _context.Response.StatusCode.ShouldBe(200);
        _context.Response.Body.Length.ShouldBe(0);
        _context.RequestAborted.ShouldBe(_caller.Token);
    }

    [Fact]
    public void Request_ThatNeverWaits_IsDoneAtOnce() => InvokeAsync(_ => Task.CompletedTask).IsCompletedSuccessfully.ShouldBeTrue();

    /// <summary>Whoever cancels something of its own is not the time limit.</summary>
    [Fact]
    public async Task Request_CancelledForAnotherReason_Throws() =>
        await Should.ThrowAsync<OperationCanceledException>(() => InvokeAsync(_ => Task.FromCanceled(new CancellationToken(canceled: true))));

    private static Task WaitAsync(HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

    private Task InvokeAsync(RequestDelegate next) => new RequestTimeLimit(new ApiOptions { MaxRequestTimeout = Longest }, _time).InvokeAsync(_context, next);
}
