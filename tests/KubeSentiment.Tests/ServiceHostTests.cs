using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KubeSentiment.Tests;

/// <summary>How the process ends.</summary>
public sealed class ServiceHostTests
{
    [Fact]
    public async Task Run_ABackgroundServiceFails_EndsWithAFailure()
    {
        await using var app = App(new Background(_ => throw new InvalidOperationException("out of cheese")));

        (await ServiceHost.RunAsync(app, TestContext.Current.CancellationToken)).ShouldBe(1);
    }

    [Fact]
    public async Task Run_IsAskedToStop_EndsWell()
    {
        using var stop = new CancellationTokenSource();
        await using var app = App(new Background(async stopping =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
        }));

        (await ServiceHost.RunAsync(app, stop.Token)).ShouldBe(0);
    }

    private static WebApplication App(BackgroundService background)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IServer, TestServer>().AddSingleton<IHostedService>(background);
        return builder.Build();
    }

    private sealed class Background(Func<CancellationToken, Task> run) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            await run(stoppingToken);
        }
    }
}
