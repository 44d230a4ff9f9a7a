using KubeSentiment.Api.Sockets;

namespace KubeSentiment;

/// <summary>The host that everything is composed on.</summary>
internal static class ServiceHost
{
    /// <summary>
    /// A slim host whose files lie beside the program, wherever it is started from. Settings are read once, so nothing watches the files: in a working
    /// directory with many files the watch alone can take a second.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        Environment.SetEnvironmentVariable(SocketThread.InlineCompletions, "1");
        return WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
            ContentRootPath = AppContext.BaseDirectory,
        });
    }

    /// <summary>Runs until somebody asks for the end, or a background service fails.</summary>
    /// <remarks>A part that works in the background and ends by an exception stops the host, which takes that for an ordinary end. To whoever started the process it is none.</remarks>
    /// <returns>The exit code of the process: 0, or that of a failure, which is told in one line.</returns>
    public static async Task<int> RunAsync(WebApplication app, CancellationToken stop)
    {
        // Looked up before: the end of the run disposes of the services.
        BackgroundService[] services = [.. app.Services.GetServices<IHostedService>().OfType<BackgroundService>()];
        await app.RunAsync(stop);
        return Array.Find(services, service => service.ExecuteTask is { IsFaulted: true }) is { } failed ? StartFailure.ReportEnd(failed) : 0;
    }
}
