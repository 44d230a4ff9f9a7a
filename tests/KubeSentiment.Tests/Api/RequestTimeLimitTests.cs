using System.Text.Json;
using KubeSentiment.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Api;

/// <summary>What takes too long is cancelled and answered; what a caller gives up is cancelled, too.</summary>
public sealed class RequestTimeLimitTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

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
        await InvokeAsync(Short, context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));

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
        var request = InvokeAsync(Long, context =>
        {
            waits.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
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
        await Should.ThrowAsync<OperationCanceledException>(() => InvokeAsync(Long, async context =>
        {
            await _caller.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        }));
    }

    [Fact]
    public async Task Request_ThatDidNotWait_IsNotCancelledWithTheNextOne()
    {
        var cancelled = false;
        await InvokeAsync(Long, context =>
        {
            context.RequestAborted.Register(() => cancelled = true);
            return Task.CompletedTask;
        });
        _context.RequestAborted.ShouldBe(_caller.Token);

        await InvokeAsync(Short, context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));

        _context.Response.StatusCode.ShouldBe(504);
        cancelled.ShouldBeFalse();
    }

    [Fact]
    public async Task Request_ThatWaitsAndEndsInTime_IsLeftAlone()
    {
        CancellationToken seen = default;

        await InvokeAsync(Long, async context =>
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
    public void Request_ThatNeverWaits_IsDoneAtOnce() => InvokeAsync(Short, _ => Task.CompletedTask).IsCompletedSuccessfully.ShouldBeTrue();

    /// <summary>Whoever cancels something of its own is not the time limit.</summary>
    [Fact]
    public async Task Request_CancelledForAnotherReason_Throws() =>
        await Should.ThrowAsync<OperationCanceledException>(() => InvokeAsync(Long, _ => Task.FromCanceled(new CancellationToken(canceled: true))));

    private Task InvokeAsync(TimeSpan longest, RequestDelegate next) => new RequestTimeLimit(new ApiOptions { MaxRequestTimeout = longest }).InvokeAsync(_context, next);
}
