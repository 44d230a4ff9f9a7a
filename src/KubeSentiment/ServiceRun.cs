namespace KubeSentiment;

/// <summary>Runs the service to its end.</summary>
/// <remarks>A part that works in the background and ends by an exception stops the host, which takes that for an ordinary end. To whoever started the process it is none.</remarks>
internal static class ServiceRun
{
    /// <summary>Runs until somebody asks for the end, or a background service fails.</summary>
    /// <returns>The exit code of the process: 0, or that of a failure, which is told in one line.</returns>
    public static async Task<int> RunAsync(WebApplication app, CancellationToken stop)
    {
        // Looked up before: the end of the run disposes of the services.
        BackgroundService[] services = [.. app.Services.GetServices<IHostedService>().OfType<BackgroundService>()];
        await app.RunAsync(stop);
        return Array.Find(services, service => service.ExecuteTask is { IsFaulted: true }) is { } failed ? StartFailure.ReportEnd(failed) : 0;
    }
}
